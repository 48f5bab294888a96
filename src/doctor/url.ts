/** SL-D40n: the URL as it is written, and who can reach it. */
import { MAX_URL_LENGTH } from '../deal/url.ts'
import { about, type Check, must, ok, type Seen, should } from './check.ts'
import type { Facts, HostAddress, UrlFacts } from './facts.ts'
import { shownUrl } from './shown-url.ts'

/** What RFC 3986 allows; Boost pastes the URL into JSON without escaping. */
const NO_URL_CHARACTER = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/u

export const URL_TEXT: readonly Check[] = [
  {
    code: 'SL-D401',
    title: 'The URL has no character that providers cannot take',
    by: ['Boost'],
    source: 'boost storagemarket/contract_deal_monitor.go:161-180; RFC 3986 section 2',
    why: 'Boost pastes the URL into JSON as it is: a quote or a backslash breaks it, or adds fields of its own.',
    fix: 'Write such characters percent-encoded: %22 for a quote, %20 for a space.',
    look: ofUrl(({ text }) => {
      const stray = NO_URL_CHARACTER.exec(text)
      return must(
        stray === null,
        stray === null
          ? `${text.length} plain characters`
          : `${JSON.stringify(stray[0])} at position ${stray.index}`,
        { expected: 'letters, digits and the signs of RFC 3986' },
      )
    }),
  },
  {
    code: 'SL-D402',
    title: 'The URL is http or https with a host',
    by: ['Boost', 'Curio'],
    source:
      'boost storagemarket/provider_loop.go:107-223; curio market/mk12/mk12.go (libp2p refused)',
    why: 'Providers of contract deals download over HTTP; libp2p, ftp and ipfs addresses are refused.',
    fix: 'Serve the piece over HTTP, with `npx hardhat depot` or any web server that honours Range.',
    look: ofUrl(({ text }) =>
      must(isHttp(text), shownUrl(text), { expected: 'http:// or https:// with a host' }),
    ),
  },
  {
    code: 'SL-D403',
    title: `The URL has at most ${MAX_URL_LENGTH} characters`,
    by: ['Curio'],
    source: 'curio market/mk12/mk12.go',
    why: 'Curio refuses longer ones.',
    fix: 'Use a shorter path.',
    look: ofUrl(({ text }) =>
      must(text.length <= MAX_URL_LENGTH, `${text.length} characters`, {
        expected: `at most ${MAX_URL_LENGTH}`,
      }),
    ),
  },
  {
    code: 'SL-D404',
    title: 'The URL carries no secret',
    by: ['Sealift'],
    source: 'a proposal is public',
    why: 'What is proposed stands on chain for ever, user name, password and query included.',
    fix: 'Serve the piece at an address that needs no secret; who has the piece CID may have the piece.',
    look: ofUrl(({ text }) => {
      if (!isHttp(text)) return undefined
      const { username, password, search } = new URL(text)
      if (username !== '' || password !== '') return must(false, 'a user name or password')
      return should(search === '', search === '' ? 'none' : 'a query')
    }),
  },
  {
    code: 'SL-D405',
    title: 'The host is no literal address of a private network',
    by: ['Boost', 'Curio'],
    source: 'boost transport/httptransport/http_transport.go:133-141; curio lib/robusthttp/ssrf.go',
    why: 'Such an address means another machine, or none, where the provider is. Boost and Curio refuse it before they try.',
    fix: 'Serve the depot where the internet reaches it and give that address with --url: a server, a forwarded port or a tunnel.',
    look: hostChecked((addresses) => {
      const literal = addresses.filter((one) => one.literal)
      if (literal.length === 0) return ok('a name')
      return mustBeOutside(literal)
    }),
  },
  {
    code: 'SL-D406',
    title: "The host's name stands for addresses that others reach",
    by: ['Curio', 'Boost'],
    source: 'curio lib/robusthttp/ssrf.go:41-51',
    why: 'A name of the local network (localhost, depot.lan, a split DNS) works here and nowhere else.',
    fix: 'Use a name that public DNS resolves to a public address, and look from another network.',
    look: hostChecked((addresses) => {
      const named = addresses.filter((one) => !one.literal)
      return named.length === 0 ? undefined : mustBeOutside(named)
    }),
  },
]

function ofUrl(look: (url: UrlFacts) => Seen | undefined) {
  return ({ url }: Facts): Seen | undefined => (url === undefined ? undefined : look(url))
}

function hostChecked(look: (addresses: readonly HostAddress[]) => Seen | undefined) {
  return ({ url, network }: Facts): Seen | undefined => {
    if (url === undefined || !isHttp(url.text)) return undefined
    // The providers of a local chain run on this machine.
    if (network.local) return undefined
    return about(url.addresses, look)
  }
}

function mustBeOutside(addresses: readonly HostAddress[]): Seen {
  return must(
    addresses.every(({ inside }) => !inside),
    addresses.map(({ address }) => address).join(', '),
    { expected: 'an address that is reached from outside' },
  )
}

function isHttp(text: string): boolean {
  return /^https?:\/\/[^/?#]/i.test(text) && URL.canParse(text)
}
