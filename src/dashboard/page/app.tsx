/** The frame: where one is, how old what is shown is, and what is wrong. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { formatCount } from '../../terminal/format.ts'
import type { OverviewDocument } from '../documents.ts'
import { useApi, useHash, useLive, useNow } from './api.ts'
import { Deals } from './deals.tsx'
import { Depot } from './depot.tsx'
import { Money } from './money.tsx'
import { Code, Mark, ProblemNote } from './parts.tsx'
import { Proposal } from './proposal.tsx'
import { type Route, routeOf } from './route.ts'
import { ago } from './words.ts'

const TITLES = {
  deals: 'Deals',
  proposal: 'Proposal',
  money: 'Money',
  depot: 'Depot',
  nowhere: 'Nothing is here',
} as const

const LINKS = [
  ['deals', '#/'],
  ['money', '#/money'],
  ['depot', '#/depot'],
] as const

export function App() {
  const route = routeOf(useHash())
  const { revision, isConnected } = useLive()
  const { data } = useApi<OverviewDocument>('/api/overview', revision)
  const key = route.view === 'proposal' ? route.id : route.view
  const [named, setNamed] = useState({ id: '', name: '' })
  const title = named.id === key ? named.name : TITLES[route.view]
  const heading = useRef<HTMLHeadingElement>(null)
  const shown = useRef(key)
  useEffect(() => {
    document.title = `${title} · Sealift`
    // Whoever reads by ear hears where the link led; the first page is read from its top.
    if (shown.current !== key) {
      heading.current?.focus()
      scrollTo(0, 0)
    }
    shown.current = key
  }, [key, title])

  return (
    <>
      <header>
        <a
          class="skip"
          href="#main"
          onClick={(event) => {
            event.preventDefault()
            heading.current?.focus()
          }}
        >
          To the content
        </a>
        <div class="bar">
          <a class="brand" href="#/">
            Sealift
          </a>
          <nav aria-label="Views">
            {LINKS.map(([view, href]) => (
              <a
                key={view}
                href={href}
                aria-current={
                  view === route.view || (view === 'deals' && route.view === 'proposal')
                    ? 'page'
                    : undefined
                }
              >
                {TITLES[view]}
              </a>
            ))}
          </nav>
          {data === undefined ? null : <AsOf overview={data} />}
        </div>
      </header>
      <main id="main">
        <div role="alert">{isConnected ? null : <Away />}</div>
        {data === undefined ? null : <NodeProblem overview={data} />}
        {route.view === 'proposal' ? (
          <p class="back">
            <a href="#/">← All deals</a>
          </p>
        ) : null}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {data === undefined ? (
          <p>Loading…</p>
        ) : (
          <View route={route} overview={data} revision={revision} onName={setNamed} />
        )}
      </main>
      <footer>
        {data === undefined ? null : (
          <p>
            {data.writable
              ? 'Started with a token: it can send.'
              : 'It only reads: nothing can be sent from here.'}{' '}
            Served by this machine; nothing is asked of any other site.
          </p>
        )}
      </footer>
    </>
  )
}

interface ViewProps {
  readonly route: Route
  readonly overview: OverviewDocument
  readonly revision: number
  readonly onName: (named: { id: string; name: string }) => void
}

function View({ route, overview, revision, onName }: ViewProps) {
  switch (route.view) {
    case 'proposal':
      return (
        <Proposal
          key={route.id}
          id={route.id}
          overview={overview}
          revision={revision}
          onName={onName}
        />
      )
    case 'money':
      return <Money overview={overview} />
    case 'depot':
      return <Depot route={route} overview={overview} revision={revision} />
    case 'deals':
      return <Deals route={route} overview={overview} revision={revision} />
    default:
      return <p>Choose one of the views above.</p>
  }
}

function AsOf({ overview }: { overview: OverviewDocument }) {
  const now = useNow()
  const { network, epoch, chain } = overview
  return (
    <p class="as-of">
      <strong>{network.name}</strong>
      {epoch === null || chain.asOf === null ? (
        <span>{chain.problem === null ? 'asking the node…' : 'never reached'}</span>
      ) : (
        <span>
          as of epoch {formatCount(epoch.epoch)}, {ago(now - Date.parse(chain.asOf))}
        </span>
      )}
    </p>
  )
}

function Away() {
  return (
    <div class="note bad">
      <p>
        <Mark tone="bad" /> <strong>The dashboard has ended.</strong> What is shown is what it knew
        last.
      </p>
      <p>
        Start it again: <Code>npx hardhat dashboard</Code>
      </p>
    </div>
  )
}

const WHAT: Readonly<Record<string, string>> = {
  NODE_UNREACHABLE: 'The node does not answer.',
  NOT_DEPLOYED: 'No client contract is deployed.',
  UNKNOWN_NETWORK: 'The node serves another chain.',
}

function NodeProblem({ overview }: { overview: OverviewDocument }) {
  const now = useNow()
  const { chain, epoch } = overview
  if (chain.problem === null) return null
  const what = WHAT[chain.problem.code] ?? 'The chain cannot be read.'
  const since =
    epoch === null || chain.asOf === null
      ? ''
      : ` What is shown is as of epoch ${formatCount(epoch.epoch)}, ${ago(now - Date.parse(chain.asOf))}.`
  return <ProblemNote problem={chain.problem} what={what + since} />
}
