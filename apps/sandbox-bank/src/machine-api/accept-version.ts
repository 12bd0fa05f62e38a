/** One media range; spaces are tolerated wherever somebody may put them. */
const VENDOR_TYPE =
  /^\s*application\/vnd\.belfius\.api\+json\s*;\s*version\s*=\s*(?:"(\d+(?:\.\d+)?)"|(\d+(?:\.\d+)?))\s*$/i;

/** The version that an Accept header chooses, or undefined when it is not the bank's own media type with a version. */
export function acceptedVersion(accept: string): string | undefined {
  const [, quoted, bare] = VENDOR_TYPE.exec(accept) ?? [];
  return quoted ?? bare;
}
