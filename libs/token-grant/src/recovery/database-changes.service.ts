import { Injectable } from '@nestjs/common';
import { GrantEvents } from '../grant/grant-events.js';
import { DatabaseServer } from '../request/database-server.service.js';

/** Tells listeners that another run of the database server answers. */
@Injectable()
export class DatabaseChanges {
  constructor(server: DatabaseServer, events: GrantEvents) {
    server.onChange(() => events.emit({ type: 'database_replaced' }));
  }
}
