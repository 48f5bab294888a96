/**
 * Bugs that the client does not have. Each is planted by itself; the invariant suite must notice it. `npm run mutants`.
 */
export interface Mutant {
  readonly name: string
  /** What an attacker or an accident would do with it. */
  readonly bug: string
  readonly edits: readonly Edit[]
  /** Words that one of the failures must contain: the rule that is there for this bug. */
  readonly noticed: string
}

interface Edit {
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

const CLIENT = 'contracts/DealClient.sol'
const CLERK = 'contracts/client/MarketClerk.sol'
const PROPOSALS = 'contracts/filecoin/DealProposals.sol'
const OWNED = 'contracts/client/Owned.sol'

const ID = 'return keccak256(bytes.concat(head, Cbor.writeBytes(FilAddress.fromEth(owner)), tail));'

/** Hashes the tail without the bytes between two of its items. */
const withoutTailItem = (index: number): Edit => ({
  file: PROPOSALS,
  find: ID,
  replace: `CborReader memory r = Cbor.reader(tail);
        for (uint256 i = 0; i < ${index}; ++i) r.skip();
        bytes memory first = _slice(tail, 0, r.at);
        r.skip();
        tail = bytes.concat(first, _slice(tail, r.at, tail.length));
        ${ID}`,
})

export const mutants: readonly Mutant[] = [
  {
    name: 'one-slot-too-many',
    bug: 'A proposal takes one copy more than was asked for.',
    edits: [
      {
        file: CLIENT,
        find: 'if (p.published == p.replicas) return ProposalState.Filled;',
        replace: 'if (p.published > p.replicas) return ProposalState.Filled;',
      },
    ],
    noticed: 'against the proposal',
  },
  {
    name: 'label-not-compared',
    bug: 'A provider publishes under another label.',
    edits: [withoutTailItem(0)],
    noticed: 'forged',
  },
  {
    name: 'end-not-fixed',
    bug: 'A provider chooses the end, and with it the price.',
    edits: [withoutTailItem(2)],
    noticed: 'forged',
  },
  {
    name: 'piece-not-fixed',
    bug: 'A provider stores another piece.',
    edits: [
      { file: PROPOSALS, find: ID, replace: ID.replace('head, ', 'hex"8b", _slice(head, 0, 0), ') },
    ],
    noticed: 'forged',
  },
  {
    name: 'any-provider',
    bug: 'The list of providers binds nobody.',
    edits: [
      {
        file: CLIENT,
        find: 'if (p.restricted) require(_contains(p.providers, provider), ProviderNotAllowed(provider));',
        replace: '',
      },
    ],
    noticed: 'another answer than the terms give',
  },
  {
    name: 'two-copies-at-one-provider',
    bug: 'A provider takes several slots, once f05 has forgotten its own duplicate check.',
    edits: [
      {
        file: CLIENT,
        find: 'require(_deals[number].provider != provider, ProviderAlreadyPublished(id, provider));',
        replace: '',
      },
    ],
    noticed: 'another answer than the terms give',
  },
  {
    name: 'newest-copy-only',
    bug: 'Only the newest copy is compared, so two providers take turns.',
    edits: [{ file: CLIENT, find: 'number = _deals[number].previous', replace: 'number = 0' }],
    noticed: 'another answer than the terms give',
  },
  {
    name: 'notify-from-anyone',
    bug: 'A stranger fills slots with deals that do not exist.',
    edits: [
      {
        file: CLIENT,
        find: 'require(msg.sender == MARKET_ACTOR, NotMarket(msg.sender));',
        replace:
          'require(msg.sender == MARKET_ACTOR || method == MARKET_NOTIFY_DEAL, NotMarket(msg.sender));',
      },
    ],
    noticed: 'hook',
  },
  {
    name: 'receiver-hook-from-anyone',
    bug: 'Any actor may say that it sent DataCap.',
    edits: [
      {
        file: CLIENT,
        find: 'require(msg.sender == DATACAP_ACTOR, NotDataCap(msg.sender));',
        replace: '',
      },
    ],
    noticed: 'receiver hook',
  },
  {
    name: 'a-no-is-false',
    bug: 'A refusal is an answer of false: a provider that looks at exit codes takes it for a yes.',
    edits: [
      {
        file: CLIENT,
        find: 'function _authenticate(bytes calldata params) private view {',
        replace: 'function _authenticate(bytes calldata params) private view returns (bool) {',
      },
      {
        file: CLIENT,
        find: 'if (p.number == 0) _refuse(params, false, id);\n        _requireOpenTo(id, p, provider);',
        replace:
          'if (p.number == 0) return false;\n        _requireOpenTo(id, p, provider);\n        return true;',
      },
      {
        file: CLIENT,
        find: '_authenticate(params);\n        return (0, CODEC_CBOR, CBOR_TRUE);',
        replace: 'return (0, CODEC_CBOR, _authenticate(params) ? CBOR_TRUE : bytes(hex"f4"));',
      },
    ],
    noticed: 'forged: authenticated',
  },
  {
    name: 'other-clients-name',
    bug: 'A deal in the name of another client passes for one of ours.',
    edits: [
      { file: CLERK, find: 'if (isEth && eth == owner) return;', replace: 'if (isEth) return;' },
    ],
    noticed: 'forged: authenticated',
  },
  {
    name: 'notified-in-other-name',
    bug: 'A notification for another client fills our slots.',
    edits: [
      {
        file: CLERK,
        find: 'require(FilAddress.toActorId(client) == actorIdOf(owner), IDealClient.ClientMismatch(client));',
        replace: '',
      },
    ],
    noticed: 'forged: notification taken',
  },
  {
    name: 'deal-id-twice',
    bug: 'A deal id that was notified before is taken again, and the search for deals fails.',
    edits: [
      {
        file: CLIENT,
        find: 'require(number == 1 || dealId > newest, DealIdNotAscending(dealId, newest));',
        replace: '',
      },
    ],
    noticed: 'forged: notification taken',
  },
  {
    name: 'lapsed-is-open',
    bug: 'A provider is told yes after the start.',
    edits: [
      {
        file: CLIENT,
        find: 'require(state == ProposalState.Open, ProposalNotInState(id, state, ProposalState.Open));',
        replace:
          'require(state == ProposalState.Open || state == ProposalState.Lapsed, ProposalNotInState(id, state, ProposalState.Open));',
      },
    ],
    noticed: 'another answer than the terms give',
  },
  {
    name: 'lapses-at-start',
    bug: 'A provider is told no at the start, when f05 still publishes.',
    edits: [
      {
        file: CLIENT,
        find: 'return _now() > p.startEpoch ? ProposalState.Lapsed : ProposalState.Open;',
        replace: 'return _now() >= p.startEpoch ? ProposalState.Lapsed : ProposalState.Open;',
      },
    ],
    noticed: 'states',
  },
  {
    name: 'escrow-without-reserves',
    bug: 'The owner takes out what open proposals need.',
    edits: [
      {
        file: CLIENT,
        find: '(, , , uint256 available, uint256 balance) = funds();',
        replace:
          '(uint256 available, uint256 kept, , , uint256 balance) = funds();\n        available -= kept;',
      },
    ],
    noticed: 'another amount than is free',
  },
  {
    name: 'cancel-keeps-reservation',
    bug: 'The money of a cancelled proposal stays reserved for ever.',
    edits: [
      {
        file: CLIENT,
        find: 'emit ProposalCancelled(id, _unreserve(p));',
        replace: 'emit ProposalCancelled(id, 0);',
      },
    ],
    noticed: 'reserved',
  },
  {
    name: 'released-twice',
    bug: 'Anyone frees the money of other proposals by releasing a lapsed one again and again.',
    edits: [{ file: CLIENT, find: 'if (p.closure == Closure.Released) continue;', replace: '' }],
    noticed: 'reserved',
  },
  {
    name: 'notify-keeps-reservation',
    bug: 'A published copy stays reserved although f05 has locked it.',
    edits: [{ file: CLIENT, find: '_totals.reserved -= uint128(_perReplica(p));', replace: '' }],
    noticed: 'reserved',
  },
  {
    name: 'one-copy-reserved',
    bug: 'Of several copies only one is covered.',
    edits: [
      {
        file: CLIENT,
        find: '_reserve(_perReplica(p) * replicas)',
        replace: '_reserve(_perReplica(p))',
      },
    ],
    noticed: 'reserved',
  },
  {
    name: 'reserved-money-promised-again',
    bug: 'A proposal is covered by what another one has reserved.',
    edits: [
      {
        file: CLIENT,
        find: 'uint256 covered = locked + reserved + amount;',
        replace: 'uint256 covered = locked + amount;',
      },
    ],
    noticed: 'reserved',
  },
  {
    name: 'settle-removes-too-early',
    bug: 'A stranger settles at the start epoch, and f05 removes a deal that could still be activated.',
    edits: [
      {
        file: CLIENT,
        find: 'bool mayBeActivated = state == DealState.Published || state == DealState.None;',
        replace: 'bool mayBeActivated = state == DealState.None;',
      },
    ],
    noticed: 'states',
  },
  {
    name: 'outcome-overwritten',
    bug: 'A deal that was lost is said to have ended when somebody looks after its end.',
    edits: [
      {
        file: CLIENT,
        find: 'if (d.outcome != DealState.None) return d.outcome;\n        bool gone;',
        replace: 'bool gone;',
      },
    ],
    noticed: 'records',
  },
  {
    name: 'activation-of-today',
    bug: 'The epoch of the look is written down as that of the activation.',
    edits: [
      {
        file: CLIENT,
        find: 'd.activatedAt = int32(activatedAt);',
        replace: 'd.activatedAt = int32(_now());',
      },
    ],
    noticed: 'records',
  },
  {
    name: 'ends-one-late',
    bug: 'At its end epoch a deal is said to be active.',
    edits: [
      {
        file: CLERK,
        find: 'if (now_ >= endEpoch) state',
        replace: 'if (now_ > endEpoch) state',
      },
    ],
    noticed: 'states',
  },
  {
    name: 'stranger-cancels',
    bug: 'Anyone cancels what is open.',
    edits: [
      {
        file: CLIENT,
        find: 'function cancel(bytes32 id) external onlyOwner {',
        replace: 'function cancel(bytes32 id) external {',
      },
    ],
    noticed: 'stranger',
  },
  {
    name: 'stranger-withdraws',
    bug: 'Anyone takes the balance.',
    edits: [
      {
        file: CLIENT,
        find: 'function withdraw(address payable to, uint256 amount) external onlyOwner {',
        replace: 'function withdraw(address payable to, uint256 amount) external {',
      },
    ],
    noticed: 'stranger',
  },
  {
    name: 'stranger-takes-over',
    bug: 'Anyone accepts an ownership that was not offered.',
    edits: [
      {
        file: OWNED,
        find: 'require(msg.sender == offered, NotPendingOwner(msg.sender, offered));',
        replace: '',
      },
    ],
    noticed: 'stranger',
  },
]
