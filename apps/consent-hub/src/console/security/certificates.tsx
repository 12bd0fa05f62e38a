import type { ExaminedClientCertificate } from '@consent-hub/bank-client';
import { BRAND_NAMES } from '@consent-hub/psd2-protocol';
import type { JSX } from 'preact';
import { Badge, Moment, number, type Meaning } from '../frame/parts.js';

const DAY_SECONDS = 86_400;
const DAYS: readonly (readonly [least: number, meaning: Meaning])[] = [
  [30, 'good'],
  [7, 'doubt'],
];

const meaningOf = (days: number): Meaning => DAYS.find(([least]) => days >= least)?.[1] ?? 'bad';

const daysText = (days: number): string =>
  days < 0 ? `ended ${number(-days)} d ago` : `${number(days)} ${days === 1 ? 'day' : 'days'} left`;

/** What the bank sees of us: the client certificate of one brand, and what is wrong with it. */
function Certificate({ examined }: { readonly examined: ExaminedClientCertificate }): JSX.Element {
  const { certificate, problems } = examined;
  const { brand, subject, organizationIdentifier, roles, authorities, secondsLeft, notAfter } = certificate;
  const days = Math.floor(secondsLeft / DAY_SECONDS);
  return (
    <section class="card stack" aria-labelledby={`certificate-${brand}`}>
      <div class="plot-head">
        <h3 id={`certificate-${brand}`}>{BRAND_NAMES[brand]}</h3>
        <Badge meaning={meaningOf(days)}>{daysText(days)}</Badge>
      </div>
      {problems.map(({ code, detail }) => (
        <p key={code} class="notice bad">
          {detail}
        </p>
      ))}
      <dl class="facts">
        <dt>Subject</dt>
        <dd>{subject}</dd>
        <dt>Organisation</dt>
        <dd>{organizationIdentifier ?? 'not stated'}</dd>
        <dt>Roles</dt>
        <dd>{roles.length > 0 ? roles.join(', ') : 'none'}</dd>
        <dt>Holds until</dt>
        <dd>
          <Moment at={notAfter} exactly />
        </dd>
        <dt>Authority</dt>
        <dd>
          {authorities.map((authority) => (
            <div key={authority.subject}>
              {authority.subject}{' '}
              <span class="soft nowrap">{daysText(Math.floor(authority.secondsLeft / DAY_SECONDS))}</span>
            </div>
          ))}
        </dd>
        <dt>Taken into use</dt>
        <dd>
          <Moment at={certificate.loadedAt} />
        </dd>
        <dt>Fingerprint</dt>
        <dd class="mono">{certificate.fingerprint.slice(0, 16)}…</dd>
      </dl>
    </section>
  );
}

export const Certificates = ({
  certificates,
}: {
  readonly certificates: readonly ExaminedClientCertificate[];
}): JSX.Element =>
  certificates.length === 0 ? (
    <p class="soft">This hub shows no certificate to the bank. BANK_&lt;BRAND&gt;_TLS_… names the files.</p>
  ) : (
    <div class="plots">
      {[...certificates]
        .sort((one, other) => one.certificate.secondsLeft - other.certificate.secondsLeft)
        .map((examined) => (
          <Certificate key={examined.certificate.brand} examined={examined} />
        ))}
    </div>
  );
