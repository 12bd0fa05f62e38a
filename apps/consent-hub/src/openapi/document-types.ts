/** Of an OpenAPI 3.1 document, what is put together here. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export interface MediaType {
  readonly schema?: object;
  example?: unknown;
  readonly examples?: Readonly<Record<string, unknown>>;
}

interface Content {
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface Response extends Content {
  readonly description: string;
  readonly headers?: Readonly<Record<string, object>>;
}

export type Responses = Readonly<Record<string, Response>>;

export interface Parameter {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
  readonly example?: unknown;
}

export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  security?: readonly object[];
  parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  responses: Responses;
  'x-required-permission'?: string;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  /** What the hub sends to others, by type of event. */
  readonly webhooks?: Readonly<Record<string, { readonly post: Operation }>>;
  readonly components?: Readonly<Record<string, object>> & {
    readonly schemas?: Readonly<Record<string, Schema>>;
  };
  /** What is answered where no operation is meant, by status. */
  readonly 'x-outside-operations'?: Readonly<Record<string, { readonly $ref: string }>>;
}
