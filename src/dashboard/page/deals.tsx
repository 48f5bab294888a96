/** Every proposal: how it stands and why. */
import { formatBytes, formatCount } from '../../terminal/format.ts'
import type { OverviewDocument, ProposalRow, ProposalsDocument, Standing } from '../documents.ts'
import { useApi } from './api.ts'
import { Pages, Search } from './list.tsx'
import { Code, StandingMark } from './parts.tsx'
import { hashOf, queryOf, type Route } from './route.ts'
import { STANDING } from './words.ts'

interface Props {
  readonly route: Extract<Route, { view: 'deals' }>
  readonly overview: OverviewDocument
  readonly revision: number
}

export function Deals({ route, overview, revision }: Props) {
  const { data } = useApi<ProposalsDocument>(`/api/proposals${queryOf(route)}`, revision)
  if (overview.client === null) return null
  if (overview.proposals === 0) return <Empty overview={overview} />
  return (
    <>
      <div class="tools">
        <Filter route={route} overview={overview} />
        <Search
          label="Search"
          value={route.q}
          onSearch={(q) => {
            location.replace(hashOf({ ...route, q, page: 1 }))
          }}
        />
      </div>
      {data === undefined ? <p>Loading…</p> : <Table rows={data.rows} />}
      {data === undefined ? null : (
        <Pages {...data} what="proposal" hash={(page) => hashOf({ ...route, page })} />
      )}
    </>
  )
}

function Empty({ overview }: { overview: OverviewDocument }) {
  const { name } = overview.network
  return (
    <div class="note">
      <p>
        <strong>Nothing is proposed yet.</strong>
      </p>
      <p>
        Store a file or a folder:{' '}
        <Code>{`npx hardhat make-deal --file PATH --network ${name}`}</Code>
      </p>
      <p>It shows up here by itself.</p>
    </div>
  )
}

function Filter({ route, overview }: Pick<Props, 'route' | 'overview'>) {
  const kinds = Object.keys(STANDING) as Standing[]
  const link = (standing: Standing | '', text: string, count: number) => (
    <li key={standing}>
      <a
        href={hashOf({ ...route, standing, page: 1 })}
        aria-current={route.standing === standing ? 'true' : undefined}
      >
        {text} <span class="count">{formatCount(count)}</span>
      </a>
    </li>
  )
  return (
    <nav class="filter" aria-label="Filter">
      <ul>
        {link('', 'all', overview.proposals)}
        {kinds.map((kind) => link(kind, STANDING[kind].text, overview.counts[kind]))}
      </ul>
    </nav>
  )
}

/** The roles stand where a phone shows rows as cards: `display` takes them from a table. */
function Table({ rows }: { rows: readonly ProposalRow[] }) {
  if (rows.length === 0) return <p class="note">Nothing is found.</p>
  return (
    <table class="cards" role="table">
      <caption class="unseen">Proposals, the newest first</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            Proposal
          </th>
          <th role="columnheader" scope="col">
            State
          </th>
          <th role="columnheader" scope="col">
            Replicas
          </th>
          <th role="columnheader" scope="col" class="number">
            Padded size
          </th>
          <th role="columnheader" scope="col">
            Why
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <Row key={row.proposalId} row={row} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ row }: { row: ProposalRow }) {
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <a href={hashOf({ view: 'proposal', id: row.proposalId })}>{row.name}</a>
        <span class="id">{row.proposalId.slice(0, 10)}…</span>
      </th>
      <td role="cell">
        <StandingMark standing={row.standing} />
      </td>
      <td role="cell" data-name="Replicas" class="short">
        {row.active} of {row.replicas} active
      </td>
      <td role="cell" data-name="Padded size" class="number">
        {formatBytes(row.pieceSize)}
      </td>
      <td role="cell" class="why">
        {row.why}
      </td>
    </tr>
  )
}
