/** Hosts inside a private network, as literal addresses: what Boost refuses to download from unless told otherwise. */
import { BlockList, isIP } from 'node:net'

const inside = new BlockList()
/** RFC 1918, RFC 6598, loopback, link-local, unspecified; RFC 4193 and the IPv6 forms of the others. */
inside.addSubnet('10.0.0.0', 8, 'ipv4')
inside.addSubnet('172.16.0.0', 12, 'ipv4')
inside.addSubnet('192.168.0.0', 16, 'ipv4')
inside.addSubnet('100.64.0.0', 10, 'ipv4')
inside.addSubnet('127.0.0.0', 8, 'ipv4')
inside.addSubnet('169.254.0.0', 16, 'ipv4')
inside.addSubnet('0.0.0.0', 8, 'ipv4')
inside.addSubnet('fc00::', 7, 'ipv6')
inside.addSubnet('fe80::', 10, 'ipv6')
inside.addAddress('::1', 'ipv6')
inside.addAddress('::', 'ipv6')

/** `hostname` as `URL.hostname` gives it. Names are not resolved: Boost looks at literal addresses alone. */
export function isPrivateHost(hostname: string): boolean {
  const literal = hostname.replace(/^\[|\]$/g, '')
  const family = isIP(literal)
  if (family === 0) return false
  return inside.check(literal, family === 4 ? 'ipv4' : 'ipv6')
}
