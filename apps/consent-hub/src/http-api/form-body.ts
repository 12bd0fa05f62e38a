/** For `@RouteConfig`: the route takes the body of an HTML form. All others take JSON alone. */
export const TAKES_FORM = { takesForm: true } as const;

/** @param config of a route */
export const takesForm = (config: object): boolean => 'takesForm' in config;

/** The fields of a form; of a name that comes twice the first. Without a prototype, since anyone chooses the names. */
export function readForm(text: string): Record<string, string> {
  const fields = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(text)) fields[name] ??= value;
  return fields;
}
