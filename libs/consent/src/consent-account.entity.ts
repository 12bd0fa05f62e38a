import { Entity, PrimaryColumn } from 'typeorm';

/** An account that the PSU authorised, with the bank's handle of it; one in several currencies may have a handle for each. */
@Entity({ schema: 'hub', name: 'consent_account' })
export class ConsentAccountEntity {
  @PrimaryColumn('uuid', { name: 'consent_id' })
  consentId: string;

  @PrimaryColumn('text')
  iban: string;

  @PrimaryColumn('text', { name: 'logical_id' })
  logicalId: string;
}
