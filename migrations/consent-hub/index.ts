import { CreateApiClients1795400100000 } from './1795400100000-create-api-clients.js';
import { CreateConsents1795400200000 } from './1795400200000-create-consents.js';
import { CountConsents1795400300000 } from './1795400300000-count-consents.js';
import { CreateTimelines1795400400000 } from './1795400400000-create-timelines.js';
import { CreateTokenPairs1795400500000 } from './1795400500000-create-token-pairs.js';
import { CreateTokenRequests1795400600000 } from './1795400600000-create-token-requests.js';
import { CreateInstances1795400700000 } from './1795400700000-create-instances.js';
import { CreateRefreshCircuitBreakers1795400800000 } from './1795400800000-create-refresh-circuit-breakers.js';
import { CreateRefreshTallies1795400900000 } from './1795400900000-create-refresh-tallies.js';
import { CreateTokenUses1795401000000 } from './1795401000000-create-token-uses.js';
import { CreateIdempotencyKeys1795401100000 } from './1795401100000-create-idempotency-keys.js';
import { IndexConsentSearch1795401200000 } from './1795401200000-index-consent-search.js';
import { MarkForcedRefreshes1795401300000 } from './1795401300000-mark-forced-refreshes.js';
import { IndexRetainedConsents1795401350000 } from './1795401350000-index-retained-consents.js';
import { CreateVaultKeys1795401400000 } from './1795401400000-create-vault-keys.js';
import { CreateRoles1795401500000 } from './1795401500000-create-roles.js';
import { CreateSchemaCompatibility1795401600000 } from './1795401600000-create-schema-compatibility.js';
import { OrderTimelines1795401700000 } from './1795401700000-order-timelines.js';
import { CreateHubEvents1795401800000 } from './1795401800000-create-hub-events.js';
import { PermitEventReads1795401810000 } from './1795401810000-permit-event-reads.js';
import { CreateWebhooks1795401900000 } from './1795401900000-create-webhooks.js';
import { BoundTimelines1795402100000 } from './1795402100000-bound-timelines.js';
import { ValidateTimelineBound1795402110000 } from './1795402110000-validate-timeline-bound.js';
import { PartitionTimelines1795402120000 } from './1795402120000-partition-timelines.js';
import { DropTimelinePartitions1795402130000 } from './1795402130000-drop-timeline-partitions.js';
import { AddConsentPurpose1795402150000 } from './1795402150000-add-consent-purpose.js';
import { CreatePsuSessions1795402200000 } from './1795402200000-create-psu-sessions.js';
import { CreateConsole1795402300000 } from './1795402300000-create-console.js';
import { CreateHourlyTallies1795500000000 } from './1795500000000-create-hourly-tallies.js';
import { TallyConsents1795500100000 } from './1795500100000-tally-consents.js';
import { CreateInstanceRuns1795500200000 } from './1795500200000-create-instance-runs.js';
import { IndexHubEvents1795500300000 } from './1795500300000-index-hub-events.js';
import { PauseRefreshesByHand1795501000000 } from './1795501000000-pause-refreshes-by-hand.js';
import { CreateTimelineVerifications1795501100000 } from './1795501100000-create-timeline-verifications.js';
import { IndexErasures1795501200000 } from './1795501200000-index-erasures.js';
import { AddApiKeyPrefixes1795502000000 } from './1795502000000-add-api-key-prefixes.js';
import { CreateConsentUses1795503000000 } from './1795503000000-create-consent-uses.js';
import { IndexRequestIds1795503100000 } from './1795503100000-index-request-ids.js';
import { CreateAttentionNotes1795503200000 } from './1795503200000-create-attention-notes.js';
import { UnlinkWebhookDeliveries1795504100000 } from './1795504100000-unlink-webhook-deliveries.js';

/** The schema of the hub. Its migrations are listed, not globbed: a missing file is a compile error, not a missing table. */
export const HUB_SCHEMA = {
  name: 'hub',
  migrationTable: 'hub_migration',
  command: 'npm run db:migrate',
  /** Oldest first. */
  migrations: [
    CreateApiClients1795400100000,
    CreateConsents1795400200000,
    CountConsents1795400300000,
    CreateTimelines1795400400000,
    CreateTokenPairs1795400500000,
    CreateTokenRequests1795400600000,
    CreateInstances1795400700000,
    CreateRefreshCircuitBreakers1795400800000,
    CreateRefreshTallies1795400900000,
    CreateTokenUses1795401000000,
    CreateIdempotencyKeys1795401100000,
    IndexConsentSearch1795401200000,
    MarkForcedRefreshes1795401300000,
    IndexRetainedConsents1795401350000,
    CreateVaultKeys1795401400000,
    CreateRoles1795401500000,
    CreateSchemaCompatibility1795401600000,
    OrderTimelines1795401700000,
    CreateHubEvents1795401800000,
    PermitEventReads1795401810000,
    CreateWebhooks1795401900000,
    BoundTimelines1795402100000,
    ValidateTimelineBound1795402110000,
    PartitionTimelines1795402120000,
    DropTimelinePartitions1795402130000,
    AddConsentPurpose1795402150000,
    CreatePsuSessions1795402200000,
    CreateConsole1795402300000,
    CreateHourlyTallies1795500000000,
    TallyConsents1795500100000,
    CreateInstanceRuns1795500200000,
    IndexHubEvents1795500300000,
    PauseRefreshesByHand1795501000000,
    CreateTimelineVerifications1795501100000,
    IndexErasures1795501200000,
    AddApiKeyPrefixes1795502000000,
    CreateConsentUses1795503000000,
    IndexRequestIds1795503100000,
    CreateAttentionNotes1795503200000,
    UnlinkWebhookDeliveries1795504100000,
  ],
};
