import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An account that the PSU authorised, with the bank's handle of it. */
@Entity({ schema: 'hub', name: 'consent_account' })
export class ConsentAccountEntity {
  @PrimaryColumn('uuid', { name: 'consent_id' })
  consentId: string;

  @PrimaryColumn('text')
  iban: string;

  @Column('text', { name: 'logical_id' })
  logicalId: string;
}
