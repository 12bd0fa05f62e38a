/** For the statements of other tables: the codes and refresh tokens that were presented again from a moment on, in SQL. */
export const replaysSince = (since: string): string => `(
    SELECT count(*) FILTER (WHERE NOT after_lost_answer)::int AS "doubleSpends",
           count(*) FILTER (WHERE after_lost_answer)::int AS probes
      FROM bank.replay WHERE at >= ${since})`;
