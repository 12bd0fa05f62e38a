import { guide } from './guide.js';

/** Problems of the calls that read events. */
export const EVENTS = {
  event_cursor_foreign: guide(
    'no',
    'The place in the events was given to another API client, or was changed on the way.',
    'Send next_after as this client got it, the id of an event, or nothing, to begin with the first one.',
  ),
  event_type_unknown: guide(
    'after_change',
    'No event has this type.',
    'Use the types that the description of the API names, spelled as there.',
  ),
  event_unknown: guide(
    'no',
    'There is no such event, or it belongs to a consent of another API client.',
    'Send the id of an event that this client received. After a restore of the database from a backup some are gone: read from the beginning, and drop what is known.',
  ),
  too_many_streams: guide(
    'yes',
    'The API client has as many streams of events open at this hub as HUB_STREAM_LIMIT says.',
    'Close streams that nothing reads any more, and try again. One stream without a filter shows everything that the client may see.',
  ),
};
