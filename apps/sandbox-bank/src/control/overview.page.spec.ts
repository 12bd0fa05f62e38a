import { renderOverview } from './overview.page.js';

describe('the overview page', () => {
  it('shows the name of a client as text, whatever it is', () => {
    const page = renderOverview({
      customers: { belfius: [], banx: [] },
      pairs: [
        {
          brand: 'belfius',
          clientId: '<script>alert(1)</script>',
          psuId: 'marie-dubois',
          psuName: 'Marie Dubois',
          scope: 'AIS',
          generation: 1,
          ibans: [],
          accessExpiresAt: new Date(0),
          consentExpiresAt: new Date(0),
        },
      ],
    });
    expect(page).toContain('&lt;script');
    expect(page).not.toContain('<script');
  });
});
