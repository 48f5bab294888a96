/** SL-D41n: what the URL answers, asked as providers ask. */
import { about, type Check, must, ok, type Seen, should } from './check.ts'
import type { Fact, Facts, HeadFacts, RangeFacts, UrlFacts } from './facts.ts'

/** Bytes from which on Boost downloads in five parallel ranges. */
const PARALLEL_FROM = 10 * 2 ** 20
const BOOST_REDIRECTS = 1
const CURIO_REDIRECTS = 3

export const SERVED: readonly Check[] = [
  {
    code: 'SL-D411',
    title: 'Something answers at the URL',
    by: ['Boost', 'Curio'],
    source:
      'boost transport/httptransport/http_transport.go:333-373 (a failed HEAD is not tried again)',
    why: 'A provider that reaches nothing gives up, and tells nobody.',
    fix: 'Start the depot, open the port, and look from another network.',
    look: ({ url, network }) =>
      url?.reach === undefined || (!url.reach.ok && url.reach.kind === 'tls')
        ? undefined
        : must(url.reach.ok, url.reach.ok ? 'an answer came' : url.reach.why, {
            next: `npx hardhat depot${network.local ? '' : ' --host 0.0.0.0'}`,
          }),
  },
  {
    code: 'SL-D412',
    title: 'The TLS certificate is valid',
    by: ['Boost', 'Curio'],
    source: 'Go net/http, as both use it',
    why: 'A certificate that is expired, self-signed or for another name ends the download before it begins.',
    fix: 'Renew the certificate for this host name, with its whole chain.',
    look: ({ url }) =>
      url?.reach === undefined || !/^https:/i.test(url.text)
        ? undefined
        : url.reach.ok
          ? ok('it was accepted')
          : url.reach.kind === 'tls'
            ? must(false, url.reach.why)
            : { verdict: 'unknown', seen: url.reach.why },
  },
  {
    code: 'SL-D413',
    title: 'HEAD is answered with 200',
    by: ['Boost'],
    source: 'boost transport/httptransport/http_transport.go:333-373',
    why: 'Boost asks HEAD first and does not try a failed one again.',
    fix: 'Serve HEAD as GET without a body; storage behind a signed URL often allows GET alone.',
    look: ofHead(({ status }) =>
      must(status === 200, `status ${status}`, { expected: 'status 200' }),
    ),
  },
  {
    code: 'SL-D414',
    title: 'HEAD promises the exact size',
    by: ['Boost', 'Curio'],
    source: 'boost transport/httptransport/http_transport.go:333-373',
    why: 'Content-Length must be the size of the proposal, or Boost does not download.',
    fix: 'Serve the very CAR that was prepared, as a file of known length: not chunked, not compressed.',
    look: ({ url }) =>
      ofHead(({ status, length }) =>
        status !== 200
          ? undefined
          : must(
              length !== undefined && (url?.size === undefined || length === String(url.size)),
              length === undefined ? 'no Content-Length' : `${length} bytes`,
              { expected: url?.size === undefined ? 'a Content-Length' : `${url.size} bytes` },
            ),
      )({ url }),
  },
  {
    code: 'SL-D415',
    title: 'At most one redirect',
    by: ['Boost'],
    source: 'boost transport/httptransport/http_transport.go:215-219',
    why: 'Boost follows one redirect and no more.',
    fix: 'Propose the address at the end of the redirects.',
    look: ofHead(({ redirects }) =>
      must(redirects.length <= BOOST_REDIRECTS, `${redirects.length}`, { expected: 'none or one' }),
    ),
  },
  {
    code: 'SL-D416',
    title: 'At most three redirects, and none to the inside',
    by: ['Curio'],
    source: 'curio lib/robusthttp/ssrf.go:41-51',
    why: 'Curio follows three redirects, and none to a private address.',
    fix: 'Propose the address at the end of the redirects.',
    look: ({ url, network }) =>
      ofHead(({ redirects }) => {
        const inside = network.local ? undefined : redirects.find((one) => one.inside)
        return must(
          redirects.length <= CURIO_REDIRECTS && inside === undefined,
          inside === undefined ? `${redirects.length}` : `to ${inside.host}, which is inside`,
          { expected: 'three or fewer, all to the outside' },
        )
      })({ url }),
  },
  {
    code: 'SL-D417',
    title: 'The bytes are not compressed on the way',
    by: ['Boost', 'Curio'],
    source: 'boost transport/httptransport/http_transport.go (counts the bytes that come)',
    why: 'With a Content-Encoding neither size nor ranges are those of the piece.',
    fix: 'Turn compression off for these paths; a CAR hardly shrinks.',
    look: ({ url }) =>
      ofHead(({ encoding }) => {
        const found = encoding ?? (url?.range.known === true ? url.range.value.encoding : undefined)
        return must(found === undefined || found === 'identity', found ?? 'none', {
          expected: 'no Content-Encoding',
        })
      })({ url }),
  },
  {
    code: 'SL-D418',
    title: 'Range is honoured',
    by: ['Boost', 'Curio'],
    source: 'boost transport/httptransport/http_transport.go (five parallel ranges from 10 MiB on)',
    why: 'Boost downloads 10 MiB and more in five ranges: a server that ignores them gives a file that is wrong. Broken downloads are resumed with ranges too.',
    fix: 'Use a server that honours Range, such as `npx hardhat depot`, nginx or object storage.',
    look: ({ url }) => url && about(url.range, (range) => rangeIsRight(range, url)),
  },
  {
    code: 'SL-D419',
    title: 'The bytes begin with a CAR header',
    by: ['Boost'],
    source: 'boost storagemarket/deal_commp.go:150,201',
    why: 'Boost reads the version of the CAR, 1 or 2, after the download, and fails for other files. Curio takes any bytes.',
    fix: 'Prepare the files with `npx hardhat prepare` and serve the CAR that it makes.',
    look: ({ url }) =>
      url &&
      about(url.car, (version) =>
        version === undefined
          ? must(false, 'no CAR header', { expected: 'CARv1 or CARv2' })
          : ok(`CARv${version}`),
      ),
  },
]

function ofHead(look: (head: HeadFacts) => Seen | undefined) {
  return ({ url }: Pick<Facts, 'url'>): Seen | undefined =>
    url === undefined ? undefined : about(url.head satisfies Fact<HeadFacts>, look)
}

function rangeIsRight(range: RangeFacts, { size }: UrlFacts): Seen {
  const { first, last, status, contentRange, length } = range
  const asked = `bytes ${first}-${last}`
  const expected = `status 206 with ${asked}/${size ?? '<size>'}`
  if (status === 200) {
    const seen = 'Range is ignored: status 200'
    return (size ?? 0) >= PARALLEL_FROM
      ? must(false, seen, { expected })
      : should(false, seen, { expected })
  }
  const [, stated = '', total = ''] = /^(bytes \d+-\d+)\/(\d+|\*)$/.exec(contentRange ?? '') ?? []
  const right =
    status === 206 &&
    stated === asked &&
    (size === undefined || total === String(size)) &&
    length === last - first + 1
  return must(right, `status ${status}, ${contentRange ?? 'no Content-Range'}, ${length} bytes`, {
    expected,
  })
}
