import { BRANDS } from './brands.mjs';

/** Three commands that can be pasted into a shell one after the other: a consent, the customer's yes, a token. */
function story({ hub_url: hub, api_keys: keys, bank }) {
  const [{ id: brand }] = BRANDS;
  const json = `-H 'Content-Type: application/json'`;
  const field = (name) => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`;
  return [
    {
      title: 'Open a consent to read accounts:',
      command: `CONSENT=$(curl -sS ${hub}/v1/consents -H 'Authorization: Bearer ${keys.platform}' ${json} -d '{"scope":"AIS","brand":"${brand}","psu_ref":"customer-1"}'); LINK=$(echo "$CONSENT" | ${field('uri')}); echo "$LINK"`,
    },
    {
      title: 'Let the sandbox play the customer who says yes, and follow the way back to the hub:',
      command: `curl -sS -o /dev/null -w 'The callback answered %{http_code}\\n' "$(curl -sS ${bank.control_url}/sandbox/authorizations ${json} -d "{\\"decision\\":\\"approve\\",\\"consent_uri\\":\\"$LINK\\"}" | ${field('redirect_to')})"`,
    },
    {
      title: 'Read the access token, as another service would:',
      command: `curl -sS '${hub}/v1/access-token?brand=${brand}&psu_ref=customer-1&scope=AIS' -H 'Authorization: Bearer ${keys.service}'; echo`,
    },
  ];
}

/** The message of a stack that has just started. */
export function banner(stack, { local, database, signIn }) {
  const { hub_urls: hubs, bank, api_keys: keys } = stack;
  const machines = BRANDS.map(({ id, name }) => `${name} ${bank[id].api_url}`);
  return `
Consent Hub runs. Ctrl-C stops everything; the data stays in ${local}

  hub              ${hubs.join('  ')}
  its API          ${hubs[0]}/docs
  its console      ${signIn}
  sandbox bank     ${bank.control_url}/   (its customers, its live pairs, how to control it)
  its machine API  ${machines.join(', ')}   (client certificate needed)
  database         ${database}
  for scripts      ${local}/stack.json, hub.env, bank.env, cli.env, log/
  command line     node --env-file=${local}/cli.env dist/apps/consent-hub/src/cli.js --help

  API keys
    platform       ${keys.platform}   opens consents and follows them
    service        ${keys.service}   reads access tokens
    admin          ${keys.admin}   sees every consent

Try it: three commands for a shell.
${story(stack)
  .map(({ title, command }, index) => `\n# ${index + 1}. ${title}\n${command}\n`)
  .join('')}`;
}
