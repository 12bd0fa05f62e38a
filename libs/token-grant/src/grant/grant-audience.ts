import { GrantObserver, type EndedRequest } from './grant-observer.js';

/** Several observers in the place of one. Capabilities join when they start. */
export class GrantAudience extends GrantObserver {
  private readonly observers: GrantObserver[] = [];

  join(observer: GrantObserver): void {
    this.observers.push(observer);
  }

  override requestEnded(request: EndedRequest): void {
    for (const observer of this.observers) observer.requestEnded(request);
  }

  override spoolReplayed(count: number): void {
    for (const observer of this.observers) observer.spoolReplayed(count);
  }

  override databaseAway(): void {
    for (const observer of this.observers) observer.databaseAway();
  }
}
