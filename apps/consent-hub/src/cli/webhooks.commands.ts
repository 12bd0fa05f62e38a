import { EVENT_TYPES } from '@consent-hub/consent';
import { Command } from 'commander';
import type {
  CreatedWebhookView,
  DeliveryList,
  ScheduledView,
  WebhookList,
  WebhookTestView,
} from '../webhooks/webhook.view.js';
import { collect, newCommand, running, UsageError, type Shell } from './command.js';
import { HUB_VARIABLES, HubApi, withHubOptions, type HubOptions } from './hub-api.js';
import { counted, facts, table } from './output.js';
import { readUuid } from './read-uuid.js';

const PATH = '/v1/webhooks';
const STATES = 'pending, delivered, failed';

const list = (shell: Shell): Command =>
  withHubOptions(
    newCommand('list', { summary: 'Lists the webhooks of the API client.', reads: HUB_VARIABLES }),
  ).action(
    running(shell, async (options: HubOptions) => {
      const { items } = await HubApi.of(shell, options).get<WebhookList>(PATH);
      const rows = items.map((item) => [
        item.id,
        item.disabled_reason === null ? item.state : `${item.state} (${item.disabled_reason})`,
        item.failing_since,
        item.url,
        item.description,
        counted(item.event_types.length, 'type'),
      ]);
      const titles = ['ID', 'STATE', 'FAILING SINCE', 'URL', 'DESCRIPTION', 'EVENTS'];
      return { data: items, text: rows.length > 0 ? table(titles, rows) : 'There is no webhook.\n' };
    }),
  );

interface CreateOptions extends HubOptions {
  readonly type?: readonly string[];
  readonly description?: string;
}

const create = (shell: Shell): Command =>
  withHubOptions(
    newCommand('create', {
      summary: 'Has events sent to a URL, from now on; prints the secret that signs them, this once.',
      notes: `Types of events: ${EVENT_TYPES.join(', ')}. Those of the hub itself are for admins.`,
      reads: HUB_VARIABLES,
    }),
  )
    .argument('<url>')
    .option('--type <type>', 'a type of events, may be repeated; default: most', collect)
    .option('--description <text>', 'for your own use')
    .action(
      running(shell, async (url: string, { type, description, ...options }: CreateOptions) => {
        const data = await HubApi.of(shell, options).post<CreatedWebhookView>(PATH, {
          url,
          ...(type && { event_types: type }),
          ...(description !== undefined && { description }),
        });
        const shown = { id: data.id, url: data.url, secret: data.secret, events: data.event_types.join(' ') };
        return { data, text: facts(shown) };
      }),
    );

const test = (shell: Shell): Command =>
  withHubOptions(
    newCommand('test', {
      summary: 'Sends an event of the type hub.test to a webhook, and shows how the receiver answers.',
      reads: HUB_VARIABLES,
    }),
  )
    .argument('<id>')
    .action(
      running(shell, async (given: string, options: HubOptions) => {
        const path = `${PATH}/${readUuid(given, '<id>')}/test`;
        const data = await HubApi.of(shell, options).post<WebhookTestView>(path);
        const answer = data.status === null ? 'no answer' : `status ${data.status}`;
        if (data.error === null) return { data, text: `Delivered: ${answer}.\n` };
        return { data, text: `Not delivered: ${answer}, ${data.error}.\n`, isFailure: true };
      }),
    );

interface DeliveriesOptions extends HubOptions {
  readonly state?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

const deliveries = (shell: Shell): Command =>
  withHubOptions(
    newCommand('deliveries', {
      summary: 'Lists the result of each event of a webhook, newest first.',
      reads: HUB_VARIABLES,
    }),
  )
    .argument('<id>')
    .option('--state <state>', STATES)
    .option('--limit <number>', '1 to 1000, default 50')
    .option('--cursor <cursor>', 'for the next page')
    .action(
      running(shell, async (given: string, { url, apiKey, ...query }: DeliveriesOptions) => {
        const hub = HubApi.of(shell, { ...(url && { url }), ...(apiKey && { apiKey }) });
        const path = `${PATH}/${readUuid(given, '<id>')}/deliveries`;
        const data = await hub.get<DeliveryList>(path, { ...query });
        const rows = data.items.map((item) => [
          item.event_id,
          item.event_type,
          item.subject,
          item.state,
          item.attempts,
          item.last_error ?? item.last_status,
          item.delivered_at ?? item.next_attempt_at,
        ]);
        const titles = ['EVENT', 'TYPE', 'CONSENT', 'STATE', 'ATTEMPTS', 'LAST', 'DELIVERED OR NEXT'];
        const more = data.next_cursor === null ? '' : `More: --cursor ${data.next_cursor}\n`;
        const text = rows.length > 0 ? table(titles, rows) + more : 'There is no such delivery.\n';
        return { data, text };
      }),
    );

interface ReplayOptions extends HubOptions {
  readonly after?: string;
  readonly event?: readonly string[];
  readonly failed?: true;
}

const replay = (shell: Shell): Command =>
  withHubOptions(
    newCommand('replay', {
      summary: 'Sends events to a webhook again: all after one, single ones, or all that were given up.',
      reads: HUB_VARIABLES,
    }),
  )
    .argument('<id>')
    .option('--after <event-id>', 'all later events that the webhook wants')
    .option('--event <event-id>', 'this event; may be repeated', collect)
    .option('--failed', 'those that were given up')
    .action(
      running(shell, async (given: string, { after, event, failed, ...options }: ReplayOptions) => {
        const wanted = {
          ...(after !== undefined && { after }),
          ...(event && { event_ids: event }),
          ...(failed && { state: 'failed' }),
        };
        if (Object.keys(wanted).length !== 1)
          throw new UsageError('Give one of --after, --event and --failed.');
        const path = `${PATH}/${readUuid(given, '<id>')}/replay`;
        const data = await HubApi.of(shell, options).post<ScheduledView>(path, wanted);
        return { data, text: `${counted(data.scheduled, 'event')} will be sent.\n` };
      }),
    );

export const webhooksCommands = (shell: Shell): Command =>
  [list, create, test, deliveries, replay].reduce(
    (group, command) => group.addCommand(command(shell)),
    new Command('webhooks').description('Where the events of the API client are sent.'),
  );
