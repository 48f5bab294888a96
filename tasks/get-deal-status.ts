/** `get-deal-status`: the deals of one piece, proposal or deal. */
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { StorageError } from '../src/errors.ts'
import { listDeals } from '../src/flow/list-deals.ts'
import { withFlow } from './context.ts'
import { showDeals } from './deals.ts'
import { mannersOf } from './manners.ts'
import { runTask } from './run.ts'
import { toDealId, toProposalId } from './values.ts'

interface GetDealStatusArguments {
  readonly pieceCid: string | undefined
  readonly proposalId: string | undefined
  readonly dealId: string | undefined
  readonly contract: string | undefined
  readonly json: boolean
}

/** The one id that is asked for. Errors: ARGUMENT_INVALID. */
export function readId(
  args: Pick<GetDealStatusArguments, 'pieceCid' | 'proposalId' | 'dealId'>,
): string {
  const { pieceCid, proposalId, dealId } = args
  const [id, ...more] = [
    ...(pieceCid === undefined ? [] : [pieceCid]),
    ...(proposalId === undefined ? [] : [toProposalId('--proposal-id', proposalId)]),
    ...(dealId === undefined ? [] : [toDealId('--deal-id', dealId).toString()]),
  ]
  if (id !== undefined && more.length === 0) return id
  throw new StorageError('ARGUMENT_INVALID', {
    what: 'which deals are meant is not clear',
    expected: 'exactly one of --piece-cid, --proposal-id and --deal-id',
    got: id === undefined ? 'none' : 'several',
  })
}

export default function action(
  args: GetDealStatusArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  return runTask(mannersOf(args, hre), (run) => {
    const id = readId(args)
    const { contract } = args
    return withFlow(hre, run, { contract }, (context, name) =>
      showDeals(
        { id },
        { network: context.network, name, listDeals: (one) => listDeals(context, one) },
      ),
    )
  })
}
