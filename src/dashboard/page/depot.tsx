/** What is ready for providers to fetch, and which of it is stored. */
import { formatBytes, formatPlural } from '../../terminal/format.ts'
import type { DepotDocument, DepotRow, OverviewDocument } from '../documents.ts'
import { useApi } from './api.ts'
import { Pages, Search } from './list.tsx'
import { Code, Mark, ProblemNote } from './parts.tsx'
import { hashOf, queryOf, type Route } from './route.ts'

interface Props {
  readonly route: Extract<Route, { view: 'depot' }>
  readonly overview: OverviewDocument
  readonly revision: number
}

export function Depot({ route, overview, revision }: Props) {
  const { data } = useApi<DepotDocument>(`/api/depot${queryOf(route)}`, revision)
  const { problem, asOf, pieces, bytes } = overview.depot
  return (
    <>
      {problem === null ? null : <ProblemNote problem={problem} what="The depot cannot be read" />}
      {asOf === null ? null : pieces === 0 ? (
        <div class="note">
          <p>
            <strong>The depot is empty.</strong>
          </p>
          <p>
            Put something into it: <Code>npx hardhat prepare PATH</Code>
          </p>
        </div>
      ) : (
        <>
          <div class="tools">
            <p>
              {formatPlural(pieces, 'piece')}, {formatBytes(bytes)}
            </p>
            <Search
              label="Search"
              value={route.q}
              onSearch={(q) => location.replace(hashOf({ ...route, q, page: 1 }))}
            />
          </div>
          {data === undefined ? <p>Loading…</p> : <Table rows={data.rows} />}
          {data === undefined ? null : (
            <Pages {...data} what="piece" hash={(page) => hashOf({ ...route, page })} />
          )}
        </>
      )}
    </>
  )
}

function Table({ rows }: { rows: readonly DepotRow[] }) {
  if (rows.length === 0) return <p class="note">Nothing is found.</p>
  return (
    <table class="cards" role="table">
      <caption class="unseen">Pieces by name</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            Piece
          </th>
          <th role="columnheader" scope="col">
            Stored
          </th>
          <th role="columnheader" scope="col" class="number">
            Size
          </th>
          <th role="columnheader" scope="col" class="number">
            Padded
          </th>
          <th role="columnheader" scope="col">
            Root
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row" key={`${row.pieceCid} ${row.root}`}>
            <th role="rowheader" scope="row">
              {row.proposals === 0 ? (
                row.name
              ) : (
                <a href={hashOf({ view: 'deals', q: row.pieceCid, standing: '', page: 1 })}>
                  {row.name}
                </a>
              )}
              <span class="id">{row.pieceCid}</span>
            </th>
            <td role="cell">
              <Stored row={row} />
            </td>
            <td role="cell" data-name="Size" class="number">
              {formatBytes(row.size)}
            </td>
            <td role="cell" data-name="Padded" class="number">
              {formatBytes(row.pieceSize)}
            </td>
            <td role="cell" data-name="Root" class="cid">
              {row.root === '' ? 'none' : <Code>{row.root}</Code>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Stored({ row }: { row: DepotRow }) {
  if (row.active > 0)
    return (
      <span class="standing good">
        <Mark tone="good" /> {formatPlural(row.active, 'active deal')}
      </span>
    )
  if (row.proposals > 0)
    return (
      <span class="standing wait">
        <Mark tone="wait" /> {formatPlural(row.proposals, 'proposal')}
      </span>
    )
  return (
    <span class="standing over">
      <Mark tone="over" /> only here
    </span>
  )
}
