import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';

/** A primary key: UUID v7, so that rows made together lie together. */
export const newId = (): string => v7();

/** A correlation id for one call of the bank: UUID v4, as its reference page demands. */
export const newRequestId = (): string => randomUUID();
