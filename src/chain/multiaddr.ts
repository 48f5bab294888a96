/**
 * HTTP addresses of providers, as miners register them on chain: binary multiaddrs, a sequence of
 * [protocol varint][value], where a value has a fixed size, or a length varint before it.
 *
 *   /dns/depot.example/tcp/443/https     ⇄  https://depot.example
 *   /ip4/127.0.0.1/tcp/3000/http         ⇄  http://127.0.0.1:3000
 * @see https://github.com/multiformats/multiaddr, protocols.csv
 */
import { isIPv4, isIPv6 } from 'node:net'
import { decodeVarint, encodeVarint } from '../bytes/varint.ts'
import { StorageError } from '../errors.ts'

interface Protocol {
  readonly name: string
  readonly code: number
  /** Bytes of the value; undefined: a length stands before it. */
  readonly size: number | undefined
}

const PROTOCOLS: readonly Protocol[] = [
  { name: 'ip4', code: 4, size: 4 },
  { name: 'tcp', code: 6, size: 2 },
  { name: 'ip6', code: 41, size: 16 },
  { name: 'dns', code: 53, size: undefined },
  { name: 'dns4', code: 54, size: undefined },
  { name: 'dns6', code: 55, size: undefined },
  { name: 'p2p', code: 421, size: undefined },
  { name: 'https', code: 443, size: 0 },
  { name: 'tls', code: 448, size: 0 },
  { name: 'http', code: 480, size: 0 },
]

interface Part {
  readonly name: string
  readonly value: Uint8Array
}

/** The base URL, without a slash at the end; undefined for an address that is not one of HTTP. */
export function urlOfMultiaddr(multiaddr: Uint8Array): string | undefined {
  const parts = partsOf(multiaddr)
  const [host, tcp, ...rest] = parts ?? []
  if (host === undefined || tcp?.name !== 'tcp') return undefined
  const hostname = hostOf(host)
  const schemes = rest.filter(({ name }) => name !== 'p2p').map(({ name }) => name)
  const scheme = { http: 'http', https: 'https', 'tls/http': 'https' }[schemes.join('/')]
  if (hostname === undefined || scheme === undefined) return undefined
  const port = new DataView(tcp.value.buffer, tcp.value.byteOffset, 2).getUint16(0)
  // URL drops the port that the scheme implies, and refuses names that are no hosts.
  const url = `${scheme}://${hostname}:${port}`
  return URL.canParse(url) ? new URL(url).origin : undefined
}

/** @throws URL_INVALID unless http or https, without path, query and user */
export function multiaddrOfUrl(url: string): Uint8Array {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const scheme = PROTOCOLS.find(
    ({ name }) => `${name}:` === parsed?.protocol && name.startsWith('http'),
  )
  if (parsed === undefined || scheme === undefined || `${parsed.origin}/` !== parsed.href)
    throw new StorageError('URL_INVALID', {
      what: 'the URL cannot be announced on chain',
      expected: 'http:// or https:// with host and port, and no path',
      got: url,
    })
  const port = Number(parsed.port === '' ? (scheme.name === 'https' ? 443 : 80) : parsed.port)
  return Uint8Array.of(
    ...encodeHost(parsed.hostname.replace(/^\[(.*)\]$/, '$1')),
    ...encodePart('tcp', Uint8Array.of(port >> 8, port & 0xff)),
    ...encodePart(scheme.name, new Uint8Array(0)),
  )
}

/** Undefined when a protocol is unknown, whose size then is too, or the bytes end early. */
function partsOf(multiaddr: Uint8Array): Part[] | undefined {
  const parts: Part[] = []
  for (let offset = 0; offset < multiaddr.length;) {
    const code = tryVarint(multiaddr, offset)
    const protocol = PROTOCOLS.find((known) => BigInt(known.code) === code?.value)
    if (code === undefined || protocol === undefined) return undefined
    const length =
      protocol.size === undefined
        ? tryVarint(multiaddr, code.next)
        : { value: BigInt(protocol.size), next: code.next }
    if (length === undefined || length.value > BigInt(multiaddr.length - length.next))
      return undefined
    offset = length.next + Number(length.value)
    parts.push({ name: protocol.name, value: multiaddr.slice(length.next, offset) })
  }
  return parts
}

function tryVarint(bytes: Uint8Array, offset: number): ReturnType<typeof decodeVarint> | undefined {
  try {
    return decodeVarint(bytes, offset)
  } catch {
    // Anyone may register any bytes: malformed ones are an address that we cannot use.
    return undefined
  }
}

function hostOf({ name, value }: Part): string | undefined {
  switch (name) {
    case 'ip4':
      return value.join('.')
    case 'ip6': {
      const view = new DataView(value.buffer, value.byteOffset, value.length)
      const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(index * 2).toString(16))
      return `[${groups.join(':')}]`
    }
    case 'dns':
    case 'dns4':
    case 'dns6': {
      const host = new TextDecoder().decode(value)
      return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host) ? host : undefined
    }
    default:
      return undefined
  }
}

function encodeHost(host: string): Uint8Array {
  if (isIPv4(host)) return encodePart('ip4', Uint8Array.from(host.split('.').map(Number)))
  if (isIPv6(host)) return encodePart('ip6', ip6Bytes(host))
  return encodePart('dns', new TextEncoder().encode(host))
}

/** `host` is in the form of the URL standard: compressed once with `::`, no embedded IPv4. */
function ip6Bytes(host: string): Uint8Array {
  const [head = '', tail = ''] = host.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  const groups = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16))
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}

function encodePart(name: string, value: Uint8Array): Uint8Array {
  const protocol = PROTOCOLS.find((known) => known.name === name)
  if (protocol === undefined)
    throw new StorageError('INTERNAL', { what: `no multiaddr protocol is called ${name}` })
  const length = protocol.size === undefined ? encodeVarint(value.length) : []
  return Uint8Array.of(...encodeVarint(protocol.code), ...length, ...value)
}
