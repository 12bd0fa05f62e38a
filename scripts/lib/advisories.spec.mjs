import { compareAdvisories, parseAudit } from './advisories.mjs';

const advisory = (id, name) => ({
  source: 1,
  name,
  title: 'Reads what it should not',
  url: `https://github.com/advisories/${id}`,
  severity: 'high',
  range: '<2',
});
const report = {
  auditReportVersion: 2,
  vulnerabilities: {
    inner: { name: 'inner', via: [advisory('GHSA-1', 'inner'), advisory('GHSA-2', 'inner')] },
    outer: { name: 'outer', via: ['inner', advisory('GHSA-1', 'inner')] },
  },
};
const explained = (id, until = '2027-01-01') => ({ id, package: 'inner', reason: 'never called', until });

describe('advisories of dependencies', () => {
  it('are in order when each is explained', () => {
    expect(compareAdvisories(report, [explained('GHSA-1'), explained('GHSA-2')], '2026-12-31')).toEqual([]);
    expect(compareAdvisories({ vulnerabilities: {} }, [], '2026-12-31')).toEqual([]);
  });

  it('are faults when one is not explained, explained for too long, without a reason, or gone', () => {
    expect(compareAdvisories(report, [explained('GHSA-1')], '2026-12-31')).toEqual([
      'GHSA-2 (high) of inner is not explained in docs/advisories.json: Reads what it should not',
    ]);
    const old = [explained('GHSA-1', '2026-12-30'), explained('GHSA-2'), explained('GHSA-3')];
    expect(compareAdvisories(report, old, '2026-12-31')).toEqual([
      'GHSA-1 of inner was to be checked again by 2026-12-30',
      'GHSA-3 of inner is not found any more: take it out of docs/advisories.json',
    ]);
    const empty = [{ ...explained('GHSA-1'), reason: '' }, explained('GHSA-2')];
    expect(compareAdvisories(report, empty, '2026-12-31')).toEqual([
      'GHSA-1 in docs/advisories.json needs id, package, reason and until',
    ]);
  });

  it('are not read from what a registry answers that has none', () => {
    expect(parseAudit('{"message":"405 Method Not Allowed","error":{"summary":""}}')).toBeUndefined();
    expect(parseAudit('')).toBeUndefined();
    expect(parseAudit(JSON.stringify(report))).toEqual(report);
  });
});
