/** A media range of the bank's own type; spaces are tolerated wherever somebody may put them. */
const VENDOR_RANGE = /^\s*application\/vnd\.belfius\.api\+json\s*;(.*)$/i;
const VERSION = /^\s*version\s*=\s*(?:"(\d+(?:\.\d+)?)"|(\d+(?:\.\d+)?))\s*$/i;

/**
 * The version that an Accept header chooses, or undefined when it does not name the bank's own media type with a version.
 * What else a client's HTTP library puts there is assumed to say nothing: further ranges, a charset, a weight.
 */
export function acceptedVersion(accept: string): string | undefined {
  for (const range of accept.split(',')) {
    const [, parameters = ''] = VENDOR_RANGE.exec(range) ?? [];
    for (const parameter of parameters.split(';')) {
      const [, quoted, bare] = VERSION.exec(parameter) ?? [];
      const version = quoted ?? bare;
      if (version !== undefined) return version;
    }
  }
  return undefined;
}
