/** How many streams of events are open in this process, for whoever publishes figures. */
export class EventStreamTally {
  open = 0;
}
