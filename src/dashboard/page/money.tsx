/** Where the client's money is. */
import type { OverviewDocument } from '../documents.ts'
import { Code, Outside } from './parts.tsx'
import { inOneUnit } from './words.ts'

export function Money({ overview }: { overview: OverviewDocument }) {
  const { money, client } = overview
  if (money === null || client === null) return null
  const { locked, reserved, available, escrow, balance } = money
  const [lockedText, reservedText, freeText, escrowText] = inOneUnit(
    [locked, reserved, available, escrow].map(BigInt),
  )
  return (
    <>
      <table class="money" role="table">
        <caption>In the escrow that the market f05 keeps for the client</caption>
        <tbody role="rowgroup">
          <Row name="Locked" amount={lockedText}>
            for deals that are published: what providers still earn, and your collateral
          </Row>
          <Row name="Reserved" amount={reservedText}>
            by open proposals, until somebody publishes them or they lapse
          </Row>
          <Row name="Free" amount={freeText}>
            for new proposals, or to be taken back
          </Row>
          <Row name="Escrow" amount={escrowText} isSum>
            all of it
          </Row>
        </tbody>
      </table>
      <table class="money" role="table">
        <caption>In the client contract itself</caption>
        <tbody role="rowgroup">
          <Row name="Balance" amount={inOneUnit([BigInt(balance)])[0]}>
            goes into the escrow when a proposal needs it
          </Row>
        </tbody>
      </table>
      <p>
        Client contract:{' '}
        <Outside href={client.link}>
          <Code>{client.address}</Code>
        </Outside>
      </p>
    </>
  )
}

interface RowProps {
  readonly name: string
  readonly amount: string | undefined
  readonly children: string
  readonly isSum?: boolean
}

function Row({ name, amount, children, isSum = false }: RowProps) {
  return (
    <tr role="row" class={isSum ? 'sum' : undefined}>
      <th role="rowheader" scope="row">
        {name}
      </th>
      <td role="cell" class="number">
        {amount}
      </td>
      <td role="cell" class="why">
        {children}
      </td>
    </tr>
  )
}
