/** SL-D20n: the client contract. */
import { costOf } from '../deal/cost.ts'
import { formatFil } from '../deal/units.ts'
import { about, type Check, must, ok, type Seen } from './check.ts'
import type { Facts } from './facts.ts'

export const CONTRACT: readonly Check[] = [
  {
    code: 'SL-D201',
    title: 'A client contract is known on this network',
    by: ['Sealift'],
    source: 'src/chain/deployments.ts',
    why: 'The contract is the client of every deal: without one there is nobody to propose.',
    fix: 'Deploy it; that is done once per network and account. Or name one with --contract.',
    look: ({ contract, network }) => contract && isKnown(contract.address, network.option),
  },
  {
    code: 'SL-D202',
    title: 'The contract is on the chain',
    by: ['Boost', 'Curio'],
    source: 'boost storagemarket/contract_deal_monitor.go:226-255',
    why: 'Providers call it; an address without code answers nothing, and they drop the proposal. A local chain that was started again has forgotten its contracts.',
    fix: 'Deploy it on this network.',
    look: ({ contract, network }) =>
      contract?.address.known === true
        ? about(contract.code, (there) =>
            must(there, there ? 'there is code' : 'no code at the address', {
              next: `npx hardhat deploy${network.option}`,
            }),
          )
        : undefined,
  },
  {
    code: 'SL-D203',
    title: 'The contract answers as a client of deals',
    by: ['Sealift', 'Boost'],
    source: 'contracts/interfaces/IDealClient.sol',
    why: 'Another contract at the address takes money and proposes nothing.',
    fix: 'Name the client contract with --contract, or deploy one.',
    look: ({ contract, network }) =>
      withCode(contract, ({ owner }) =>
        about(owner, (address) =>
          must(address !== undefined, address ?? 'it does not answer owner()', {
            next: `npx hardhat deploy${network.option}`,
          }),
        ),
      ),
  },
  {
    code: 'SL-D204',
    title: 'The contract takes new proposals',
    by: ['Sealift'],
    source: 'contracts/client/Proposers.sol',
    why: 'A paused client refuses every new proposal; what stands goes on.',
    fix: 'Let the owner call setPaused(false).',
    look: ({ contract, chain }) =>
      chain === undefined
        ? withCode(contract, ({ paused }) =>
            about(paused, (is) => must(!is, is ? 'paused' : 'not paused')),
          )
        : undefined,
  },
  {
    code: 'SL-D205',
    title: 'The account may propose',
    by: ['Sealift'],
    source: 'contracts/client/Proposers.sol',
    why: 'Only the owner proposes without a limit; others as far as the owner allows it in a window of epochs.',
    fix: "Send from the owner's account, or let the owner call setProposer.",
    look: mayPropose,
  },
  {
    code: 'SL-D206',
    title: 'The contract is an actor that the market can resolve',
    by: ['f05'],
    source: 'builtin-actors actors/market/src/lib.rs:281-300',
    why: 'f05 turns the f410 address of the client into an actor id; without one its escrow is empty and nothing can be published.',
    fix: 'Wait an epoch or two after the deployment, then look again.',
    look: ({ contract }) =>
      withCode(contract, ({ actorId }) =>
        about(actorId, (id) =>
          must(id !== undefined, id === undefined ? 'no such actor' : `f0${id}`),
        ),
      ),
  },
]

function isKnown(address: NonNullable<Facts['contract']>['address'], option: string): Seen {
  return address.known
    ? ok(address.value)
    : must(false, address.why, { next: `npx hardhat deploy${option}` })
}

/** What is at no address, or has no code, is told once. */
function withCode(
  contract: Facts['contract'],
  look: (contract: NonNullable<Facts['contract']>) => Seen | undefined,
): Seen | undefined {
  if (contract === undefined || !contract.code.known || !contract.code.value) return undefined
  return look(contract)
}

function mayPropose({ account, contract, offer, chain }: Facts): Seen | undefined {
  if (account?.known !== true || 'missing' in account.value || chain !== undefined) return undefined
  const { address: own } = account.value
  return withCode(contract, ({ owner, allowance }) =>
    about(owner, (holder) => {
      if (holder === undefined) return undefined
      if (holder.toLowerCase() === own.toLowerCase()) return ok('it is the owner')
      return about(allowance, (left) => {
        const need = offer === undefined ? 1n : costOf(offer).total
        return must(left > 0n && left >= need, `it may reserve ${formatFil(left)} now`, {
          expected: `the owner ${holder}, or ${formatFil(need)}`,
        })
      })
    }),
  )
}
