import { ApiClientNames, WebhookFigures } from '@consent-hub/consent';
import { Injectable } from '@nestjs/common';
import { HttpSettings } from '../../config/http.settings.js';
import { OverviewService } from '../overview/overview.service.js';
import { AttentionNoteRepository, type AttentionNote } from './attention-note.repository.js';
import { hubCausesOf, type HubCause } from './hub-causes.js';
import { coveringNoteOfHub, notesOf } from './noted.js';

/** A cause of the hub itself, and the note that keeps it out of the inbox. */
export interface NotedCause {
  readonly cause: HubCause;
  readonly note: AttentionNote | undefined;
}

/** What a person should look at that is about the hub and not about one consent. */
@Injectable()
export class HubCausesService {
  constructor(
    private readonly settings: HttpSettings,
    private readonly overview: OverviewService,
    private readonly webhooks: WebhookFigures,
    private readonly names: ApiClientNames,
    private readonly notes: AttentionNoteRepository,
  ) {}

  async read(): Promise<NotedCause[]> {
    const [now, failing] = await Promise.all([this.overview.now(), this.webhooks.failing()]);
    const clients = await this.names.ofIds(failing.map(({ apiClientId }) => apiClientId));
    const causes = hubCausesOf({ now, instance: this.settings.instance, failing, clients });
    const notes = await this.notes.read(
      causes.map(({ key }) => key),
      new Map(),
    );
    const at = new Date();
    return causes.map((cause) => ({
      cause,
      note: coveringNoteOfHub(notesOf(cause.key, notes), cause.seen, at),
    }));
  }
}
