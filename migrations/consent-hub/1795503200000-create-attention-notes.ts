import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people have seen of what needs attention. The latest word about each item; the audit has all of them. */
export class CreateAttentionNotes1795503200000 implements MigrationInterface {
  readonly name = 'CreateAttentionNotes1795503200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE hub.attention_note (
        cause           text        NOT NULL CHECK (cause ~ '^[a-z0-9_:.-]{1,128}$'),
        consent_id      uuid        REFERENCES hub.consent,
        seen            text        CHECK (length(seen) <= 512),
        snoozed_until   timestamptz,
        at              timestamptz NOT NULL DEFAULT clock_timestamp(),
        admin_action_id uuid        NOT NULL,
        CONSTRAINT attention_note_item UNIQUE NULLS NOT DISTINCT (cause, consent_id)
      )`);
    for (const [column, comment] of Object.entries({
      consent_id: 'NULL: everything of this cause',
      seen: 'what a cause of the hub itself was then; once it is something else, the item comes back',
      snoozed_until: 'NULL: acknowledged, until something newer happens',
      admin_action_id: 'the entry of the audit: who, when and why',
    })) {
      await queryRunner.query(`COMMENT ON COLUMN hub.attention_note.${column} IS '${comment}'`);
    }
    await queryRunner.query(`
      CREATE INDEX attention_note_consent ON hub.attention_note (consent_id) WHERE consent_id IS NOT NULL`);
    await queryRunner.query(`GRANT SELECT ON hub.attention_note TO consent_hub_read`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE hub.attention_note`);
  }
}
