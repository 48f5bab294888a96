/**
 * Bugs that the client does not have. Each is planted by itself; the invariant suite must notice it. `npm run mutants`.
 */
export interface Mutant {
  readonly name: string
  /** What an attacker or an accident would do with it. */
  readonly bug: string
  readonly edits: readonly Edit[]
  /** What one of the failures says: the rule that is there for this bug. */
  readonly noticed: RegExp
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

const PROPOSERS = 'contracts/client/Proposers.sol'

/** Makes the id of a request what the id of its message is, whatever the latter leaves out. */
const requestLikeMessage: Edit = {
  file: PROPOSALS,
  find: 'return _idOf(_head(p), owner, _tail(p));',
  replace: `(p.client, p.provider) = (hex"00", hex"00");
        (bytes32 id, , ) = identify(encode(p), owner);
        return id;`,
}

const messageId = (replace: string): Edit => ({
  file: PROPOSALS,
  find: 'id = _idWithout(message, headEnd, r.at, owner);',
  replace,
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
    noticed: /against the proposal|another answer|not refused/,
  },
  {
    name: 'label-not-compared',
    bug: 'A provider publishes under another label.',
    edits: [
      requestLikeMessage,
      messageId('r.skip();\n        id = _idWithout(message, headEnd, r.at, owner);'),
    ],
    noticed: /forged/,
  },
  {
    name: 'end-not-fixed',
    bug: 'A provider chooses the end, and with it the price.',
    edits: [
      requestLikeMessage,
      messageId(`uint256 tail = r.at;
        r.skip();
        r.skip();
        uint256 from = r.at;
        r.skip();
        for (uint256 i = from; i < r.at; ++i) message[i] = 0;
        id = _idWithout(message, headEnd, tail, owner);`),
    ],
    noticed: /forged/,
  },
  {
    name: 'piece-not-fixed',
    bug: 'A provider stores another piece.',
    edits: [requestLikeMessage, messageId('id = _idWithout(message, 1, r.at, owner);')],
    noticed: /forged/,
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
    noticed: /another answer than the terms give/,
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
    noticed: /another answer than the terms give/,
  },
  {
    name: 'newest-copy-only',
    bug: 'Only the newest copy is compared, so two providers take turns.',
    edits: [{ file: CLIENT, find: 'number = _deals[number].previous', replace: 'number = 0' }],
    noticed: /another answer than the terms give/,
  },
  {
    name: 'notify-from-anyone',
    bug: 'A stranger fills slots with deals that do not exist.',
    edits: [
      {
        file: CLIENT,
        find: 'require(msg.sender == MARKET_ACTOR, NotMarket(msg.sender));',
        replace:
          'require(msg.sender == MARKET_ACTOR || method != AUTHENTICATE_MESSAGE, NotMarket(msg.sender));',
      },
    ],
    noticed: /hook/,
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
    noticed: /receiver hook/,
  },
  {
    name: 'a-no-is-false',
    bug: 'A refusal is an answer of false: a provider that looks at exit codes takes it for a yes.',
    edits: [
      {
        file: CLIENT,
        find: 'if (p.number == 0) _pass(address(PROPOSALS));',
        replace: `if (p.number == 0 && method == AUTHENTICATE_MESSAGE) return (0, CODEC_CBOR, hex"f4");
        if (p.number == 0) _pass(address(PROPOSALS));`,
      },
    ],
    noticed: /forged: authenticated/,
  },
  {
    name: 'other-clients-name',
    bug: 'A deal in the name of another client passes for one of ours.',
    edits: [
      {
        file: CLERK,
        find: 'if (isEth && eth == msg.sender) return;',
        replace: 'if (isEth) return;',
      },
    ],
    noticed: /forged: authenticated/,
  },
  {
    name: 'notified-in-other-name',
    bug: 'A notification for another client fills our slots.',
    edits: [
      {
        file: CLERK,
        find: 'require(FilAddress.toActorId(client) == actorId(), IDealClient.ClientMismatch(client));',
        replace: '',
      },
    ],
    noticed: /forged: notification taken/,
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
    noticed: /forged: notification taken/,
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
    noticed: /another answer than the terms give/,
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
    noticed: /states|not refused/,
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
    noticed: /another amount than is free/,
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
    noticed: /reserved/,
  },
  {
    name: 'released-twice',
    bug: 'Anyone frees the money of other proposals by releasing a lapsed one again and again.',
    edits: [{ file: CLIENT, find: 'if (p.closure == Closure.Released) continue;', replace: '' }],
    noticed: /reserved|deposit: not refused/,
  },
  {
    name: 'notify-keeps-reservation',
    bug: 'A published copy stays reserved although f05 has locked it.',
    edits: [{ file: CLIENT, find: '_totals.reserved -= uint128(_perReplica(p));', replace: '' }],
    noticed: /reserved/,
  },
  {
    name: 'one-copy-reserved',
    bug: 'Of several copies only one is covered.',
    edits: [
      {
        file: CLIENT,
        find: 'uint256 missing = _reserve(amount);',
        replace: 'uint256 missing = _reserve(_perReplica(p));',
      },
    ],
    noticed: /reserved/,
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
    noticed: /reserved/,
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
    noticed: /states/,
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
    noticed: /records|states/,
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
    noticed: /records/,
  },
  {
    name: 'ends-one-late',
    bug: 'At its end epoch a deal is said to be active.',
    edits: [
      {
        file: 'contracts/client/DealCourse.sol',
        find: 'if (now_ >= endEpoch) state',
        replace: 'if (now_ > endEpoch) state',
      },
    ],
    noticed: /states/,
  },
  {
    name: 'stranger-cancels',
    bug: 'Anyone cancels what is open.',
    edits: [{ file: CLIENT, find: '_requireOwnerOr(_proposals[id].proposer);', replace: '' }],
    noticed: /stranger/,
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
    noticed: /stranger/,
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
    noticed: /stranger/,
  },
  {
    name: 'pause-ignored',
    bug: 'A paused client takes proposals.',
    edits: [{ file: PROPOSERS, find: 'require(!paused, ProposalsPaused());', replace: '' }],
    noticed: /paused/,
  },
  {
    name: 'limit-not-summed',
    bug: 'A proposer spends its limit with each proposal.',
    edits: [
      { file: PROPOSERS, find: 'a.spent += uint96(amount);', replace: 'a.spent = uint96(amount);' },
    ],
    noticed: /proposer/,
  },
  {
    name: 'limit-ignored',
    bug: 'A proposer spends what it likes.',
    edits: [
      {
        file: PROPOSERS,
        find: 'require(amount <= left, SpendingLimitExceeded(amount, left));',
        replace: '',
      },
    ],
    noticed: /proposer/,
  },
  {
    name: 'window-never-ends',
    bug: 'A proposer is refused for what it spent in an earlier window.',
    edits: [
      {
        file: PROPOSERS,
        find: 'if (a.current != current) (a.current, a.spent) = (current, 0);',
        replace: '',
      },
    ],
    noticed: /proposer/,
  },
  {
    name: 'window-always-new',
    bug: 'Every proposal opens a new window.',
    edits: [
      {
        file: PROPOSERS,
        find: 'if (a.current != current) (a.current, a.spent) = (current, 0);',
        replace: '(a.current, a.spent) = (current, 0);',
      },
    ],
    noticed: /proposer/,
  },
  {
    name: 'windows-of-another-length',
    bug: 'Windows begin at other epochs than all can tell.',
    edits: [
      {
        file: PROPOSERS,
        find: 'return uint32(block.number) / window;',
        replace: 'return uint32(block.number + window / 2) / window;',
      },
    ],
    noticed: /proposer/,
  },
  {
    name: 'anyone-names-proposers',
    bug: 'A stranger makes itself a proposer.',
    edits: [
      {
        file: PROPOSERS,
        find: 'function setProposer(address proposer, uint96 limit, uint32 window) external onlyOwner {',
        replace: 'function setProposer(address proposer, uint96 limit, uint32 window) external {',
      },
    ],
    noticed: /stranger/,
  },
  {
    name: 'former-proposer-cancels',
    bug: 'A proposer that was dismissed goes on cancelling.',
    edits: [
      {
        file: PROPOSERS,
        find: 'if (msg.sender != proposer || _allowances[proposer].limit == 0) _requireOwner();',
        replace: 'if (msg.sender != proposer) _requireOwner();',
      },
    ],
    noticed: /proposer: cancelled/,
  },
  {
    name: 'proposer-cancels-any',
    bug: 'A proposer cancels what others proposed.',
    edits: [
      {
        file: CLIENT,
        find: '_requireOwnerOr(_proposals[id].proposer);',
        replace: '_requireOwnerOr(msg.sender);',
      },
    ],
    noticed: /proposer: cancelled/,
  },
]
