import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * IPv4 networks that are not of the public internet, by the registry of special-purpose addresses (RFC 6890 and its IANA table),
 * and the one address outside of them at which a cloud serves metadata.
 */
const NOT_PUBLIC_V4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Within 2000::/3, outside of which nothing is global unicast: protocol assignments with Teredo among them, documentation. */
const NOT_PUBLIC_V6: readonly (readonly [network: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
];

const blocked = new BlockList();
for (const [network, bits] of NOT_PUBLIC_V4) blocked.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of NOT_PUBLIC_V6) blocked.addSubnet(network, bits, 'ipv6');
const unicast = new BlockList();
unicast.addSubnet('2000::', 3, 'ipv6');

/** Prefixes, in groups of sixteen bits, behind which an IPv4 address stands: mapped, NAT64 (RFC 6052), 6to4 (RFC 3056). */
const EMBEDDING: readonly (readonly number[])[] = [
  [0, 0, 0, 0, 0, 0xffff],
  [0x64, 0xff9b, 0, 0, 0, 0],
  [0x2002],
];

/** Whether packets to the address leave for the public internet. An IPv6 address that stands for an IPv4 one is as public as that. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !blocked.check(address, 'ipv4');
  if (!isIPv6(address) || address.includes('%')) return false;
  const embedded = embeddedIpv4(groupsOf(address));
  if (embedded !== undefined) return isPublicAddress(embedded);
  return unicast.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
}

function embeddedIpv4(groups: readonly number[]): string | undefined {
  const prefix = EMBEDDING.find((one) => one.every((group, at) => groups[at] === group));
  if (!prefix) return undefined;
  const [high = 0, low = 0] = groups.slice(prefix.length);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** Of an address that is valid: the URL parser writes it in hexadecimal groups alone. */
function groupsOf(address: string): number[] {
  const { hostname } = new URL(`http://[${address}]`);
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((side) => side.split(':').filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}
