import {
  PAGE_SECURITY_POLICY,
  PageDocument,
  Problem,
  PROBLEM_PAGES_PATH,
  renderDocument,
} from '@consent-hub/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ComponentChildren, JSX } from 'preact';
import { ROUTE_NOT_FOUND } from './http-problems.js';
import type { ProblemGuide, Retry } from './guide.js';
import { PROBLEM_GUIDE } from './problem-guide.js';

const RETRY_TEXTS: Readonly<Record<Retry, string>> = {
  no: 'No: the same request is refused again.',
  after_change: 'Only after what is described above has changed.',
  yes: 'Yes: the same request, after Retry-After where the answer has it, else after some seconds.',
};

/** Serves the page that the `type` of a problem leads to, and a list of all, to anyone. */
export function serveProblemPages(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': PAGE_SECURITY_POLICY,
  };
  const guides = new Map<string, ProblemGuide>(Object.entries(PROBLEM_GUIDE));
  server.get(PROBLEM_PAGES_PATH, (_request, reply) =>
    reply.headers(headers).send(renderDocument(<ProblemList codes={[...guides.keys()].sort()} />)),
  );
  server.get<{ Params: { code: string } }>(`${PROBLEM_PAGES_PATH}/:code`, async (request, reply) => {
    const { code } = request.params;
    const guide = guides.get(code);
    if (guide === undefined) throw new Problem(ROUTE_NOT_FOUND);
    return reply.headers(headers).send(renderDocument(<ProblemPage code={code} guide={guide} />));
  });
}

const ProblemPage = ({
  code,
  guide,
}: {
  readonly code: string;
  readonly guide: ProblemGuide;
}): JSX.Element => (
  <Page title={code}>
    <dl>
      <dt>What it means</dt>
      <dd>{guide.meaning}</dd>
      <dt>What to do</dt>
      <dd>{guide.action}</dd>
      <dt>Does it help to try again?</dt>
      <dd>{RETRY_TEXTS[guide.retry]}</dd>
    </dl>
    <p>
      <a href="../problems">All codes</a>
    </p>
  </Page>
);

const ProblemList = ({ codes }: { readonly codes: readonly string[] }): JSX.Element => (
  <Page title="Problems">
    <ul>
      {codes.map((code) => (
        <li key={code}>
          <a href={`problems/${code}`}>
            <code>{code}</code>
          </a>
        </li>
      ))}
    </ul>
  </Page>
);

const Page = ({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <PageDocument language="en" title={`${title} – Consent Hub`}>
    <main class="wide">
      <h1>{title}</h1>
      {children}
    </main>
  </PageDocument>
);
