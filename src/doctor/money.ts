/** SL-D11n: the account that sends, and the money for the deal. */
import { costOf } from '../deal/cost.ts'
import { formatFil } from '../deal/units.ts'
import { about, aboutBoth, type Check, must, ok, type Seen, should } from './check.ts'
import {
  type AccountFacts,
  type Fact,
  type Facts,
  known,
  type OfferFacts,
  unseen,
} from './facts.ts'

/** attoFIL: 0.01 FIL, some proposals at ten times the usual base fee. */
const GAS_NEEDED = 10n ** 16n

export const MONEY: readonly Check[] = [
  {
    code: 'SL-D111',
    title: 'An account to send from is configured',
    by: ['Sealift'],
    source: 'tasks/network.ts',
    why: 'Only the owner of the client contract, or a proposer it named, can propose; that is signed with a key.',
    fix: 'Put the private key into the keystore; it is asked for there and shown nowhere.',
    look: ({ account }) => account && accountIsKnown(account),
  },
  {
    code: 'SL-D112',
    title: 'The account can pay gas',
    by: ['Lotus'],
    source: 'lotus chain/messagepool/messagepool.go',
    why: 'A message of an account without FIL is not taken by any node.',
    fix: 'Send FIL to the account; a test network has faucets.',
    look: ({ account }) =>
      ofAccount(account, ({ balance }) =>
        about(balance, (amount) =>
          amount === 0n
            ? must(false, formatFil(amount), { expected: `${formatFil(GAS_NEEDED)} or more` })
            : should(amount >= GAS_NEEDED, formatFil(amount), {
                expected: `${formatFil(GAS_NEEDED)} or more`,
              }),
        ),
      ),
  },
  {
    code: 'SL-D113',
    title: 'No earlier transaction of the account still waits',
    by: ['Lotus', 'Sealift'],
    source: 'lotus chain/messagepool/config.go',
    why: 'A proposal sent behind one that waits is mined after it, or never when the first is stuck. Two make-deal at once on one key hinder each other.',
    fix: 'Wait until it is mined. If it is stuck, send one with the same nonce and a higher fee from a wallet.',
    look: ({ account }) =>
      ofAccount(account, ({ pending }) =>
        about(pending, (count) =>
          should(count === 0, `${count} ${count === 1 ? 'waits' : 'wait'}`, { expected: 'none' }),
        ),
      ),
  },
  {
    code: 'SL-D114',
    title: 'Escrow, contract and account together cover the deal',
    by: ['f05', 'Boost', 'Curio'],
    source: 'builtin-actors actors/market/src/lib.rs:281-347',
    why: 'A proposal reserves price · duration + client collateral for each replica; what the escrow lacks is taken from the contract, then from the account.',
    fix: 'Send FIL to the account, or ask for less: a lower price, a shorter duration, fewer replicas.',
    look: canBePaid,
  },
  {
    code: 'SL-D115',
    title: "The client's escrow covers what is still to be published",
    by: ['f05', 'Boost', 'Curio'],
    source: 'boost storagemarket/deal_acceptance.go:130-160; curio market/mk12/mk12.go:266-421',
    why: 'Providers look at the escrow before they download, and f05 again before it publishes: a deal that it does not cover is dropped.',
    fix: 'Send FIL to the client contract and deposit it, or cancel other open proposals.',
    look: isEscrowed,
  },
]

/** What cannot be said without an account is said once, by the first check. */
function ofAccount(
  account: Facts['account'],
  look: (account: AccountFacts) => Seen | undefined,
): Seen | undefined {
  if (account === undefined || !account.known || 'missing' in account.value) return undefined
  return look(account.value)
}

function accountIsKnown(account: NonNullable<Facts['account']>): Seen | undefined {
  return about(account, (one) =>
    'missing' in one
      ? must(false, one.missing, { next: 'npx hardhat keystore set PRIVATE_KEY' })
      : ok(one.address),
  )
}

function canBePaid({ account, money, offer, chain }: Facts): Seen | undefined {
  if (money === undefined || offer === undefined || chain !== undefined) return undefined
  const purse = purseOf(account)
  const { total } = costOf(offer)
  return aboutBoth(money.available, money.balance, (available, balance) =>
    about(purse, (own) => {
      const sum = available + balance + own
      return must(sum >= total, `${formatFil(sum)} in all`, { expected: formatFil(total) })
    }),
  )
}

function isEscrowed({ money, offer, chain, network }: Facts): Seen | undefined {
  if (money === undefined || offer === undefined || chain?.state !== 'open') return undefined
  const need = costOf(offer).perReplica * BigInt(open(offer))
  return about(money.unlocked, (unlocked) =>
    must(unlocked >= need, `${formatFil(unlocked)} not locked`, {
      expected: `${formatFil(need)} for ${open(offer)} of ${offer.replicas} replicas`,
      next: `npx hardhat deals ${chain.proposalId}${network.option}`,
    }),
  )
}

/** Nothing comes from an account that is not there; one that was not asked about is not known. */
function purseOf(account: Facts['account']): Fact<bigint> {
  if (account === undefined) return unseen('the account was not looked at')
  if (!account.known) return account
  return 'missing' in account.value ? known(0n) : account.value.balance
}

function open({ replicas, published }: OfferFacts): number {
  return Math.max(replicas - published, 0)
}
