import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import type { EventView } from '../http-api/event.view.js';
import { collect, CommandFailure, newCommand, running, type CommandResult, type Shell } from './command.js';
import { HUB_VARIABLES, HubApi, withHubOptions, type HubOptions } from './hub-api.js';
import { printable } from './output.js';
import { readUuid } from './read-uuid.js';

interface TailOptions extends HubOptions {
  readonly type?: readonly string[];
  readonly consent?: string;
  readonly after?: string;
}

const RECONNECTS_AFTER_MS = 1_000;

const tail = (shell: Shell): Command =>
  withHubOptions(
    newCommand('tail', {
      summary: 'Prints events as they happen, one a line, until it is interrupted.',
      notes:
        'Needs an API key with events:read. An admin sees the events of all consents, and those of the hub.',
      reads: HUB_VARIABLES,
    }),
  )
    .option('--type <type>', 'events of this type; may be repeated; default all', collect)
    .option('--consent <id>', 'events of one consent')
    .option('--after <event-id>', 'begins after this event; default with what happens from now on')
    .action(
      running(shell, (options: TailOptions, command: Command) => {
        const consentId = readUuid(options.consent, '--consent');
        const query = {
          ...(options.type && { type: options.type }),
          ...(consentId !== undefined && { consent_id: consentId }),
          ...(options.after !== undefined && { after: options.after }),
        };
        const isJson = command.optsWithGlobals<{ json?: boolean }>().json === true;
        return follow(shell, HubApi.of(shell, options), query, isJson);
      }),
    );

export const eventsCommands = (shell: Shell): Command =>
  new Command('events').description('What happens to consents.').addCommand(tail(shell));

/** Connects again, after the last event that was printed, where a connection that worked has ended. */
async function follow(
  { report, progress }: Shell,
  hub: HubApi,
  query: Readonly<Record<string, string | readonly string[]>>,
  isJson: boolean,
): Promise<CommandResult> {
  let lastId: string | undefined;
  let hasWorked = false;
  for (;;) {
    try {
      for await (const event of hub.stream<EventView>('/v1/events/stream', query, lastId)) {
        hasWorked = true;
        if (event === null) continue;
        lastId = event.id;
        report({ data: event, text: isJson ? `${JSON.stringify(event)}\n` : lineOf(event) }, false);
      }
    } catch (error) {
      if (!(error instanceof CommandFailure) || !hasWorked) throw error;
    }
    progress('the stream has ended: connecting again');
    await setTimeout(RECONNECTS_AFTER_MS);
  }
}

const lineOf = ({ time, type, subject, id, data }: EventView): string => {
  const reason = typeof data['reason'] === 'string' ? `  ${printable(data['reason'])}` : '';
  return `${time}  ${printable(type)}  ${subject ?? '-'}${reason}  ${id}\n`;
};
