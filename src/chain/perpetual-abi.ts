/**
 * The ABI of PerpetualStorage and what makes its clients, in ethers' human-readable form; a test compares it with the compiler's. Its errors
 * stand beside their words, in perpetual-revert.ts.
 * @see contracts/interfaces/IPerpetualStorage.sol, IStoreClient.sol, contracts/perpetual/StoreClientFactory.sol
 */

const PIECE = '(bytes pieceCid, uint64 pieceSize, uint64 size, string root)'
const POLICY =
  '(uint8 replicas, bool distinct, bool keeperLocations, uint8 rule, uint64[] providers, address judge, int64 term, int64 lead, int64 startDelay, uint256 price, uint256 maxPrice, uint256 collateral, uint256 maxCollateral, uint256 reward, uint256 maxPay, uint256 maxPayPerWindow, string[] locations)'
const DECISION =
  '(uint8 reason, bool endsOpen, bool settles, uint16 copies, int64 startEpoch, int64 endEpoch, uint8 step, int64 dueAt)'
const DEAL_FACTS =
  '(uint64 dealId, uint64 provider, int64 startEpoch, int64 endEpoch, uint8 standing, bool closed)'
const FACTS = `(int64 epoch, uint16 replicas, int64 term, int64 lead, int64 startDelay, bool cancelled, uint8 step, uint16 openCopies, int64 openSince, int64 openStart, bool crowded, ${DEAL_FACTS}[] deals, uint16 eligible, uint64 pieceSize, uint256 price, uint256 maxPrice, uint256 money, uint256 openReserve)`
const STORE =
  '(address account, address client, uint32 policy, uint32 attempts, uint8 step, bool cancelled, bool placedByKeeper, uint32[] proposals, uint64[4] shunned)'
const STATUS = `(uint16 active, uint16 published, uint16 open, ${DECISION} next, string why)`

export const PERPETUAL_ABI = [
  'event Stored(uint256 indexed id, address indexed account, uint32 policy, bytes pieceCid)',
  'event ClientOpened(address indexed account, address client)',
  'event PolicyDefined(uint32 indexed policy, bytes32 indexed hash)',
  'event PolicyExtended(uint256 indexed id, uint32 policy)',
  'event StoreCancelled(uint256 indexed id)',
  `event Proposed(uint256 indexed id, bytes32 indexed proposalId, uint32 number, uint32 attempt, ${DECISION} decision)`,
  'event Poked(uint256 indexed id, address indexed keeper, uint8 reason, uint256 paid)',
  'event PokeFailed(uint256 indexed id, bytes reason)',
  'event ToppedUp(address indexed account, address indexed from, uint256 amount)',
  'event Withdrawn(address indexed account, address indexed to, uint256 amount)',

  `function store(${PIECE} piece, ${POLICY} policy) payable returns (uint256 id)`,
  'function topUp(uint256 id) payable',
  `function extendPolicy(uint256 id, ${POLICY} policy)`,
  'function cancel(uint256 id)',
  'function withdraw(address to, uint256 amount) returns (uint256 taken)',
  'function poke(uint256[] ids)',
  'function pokeFrom(uint256 id, string location)',
  'function pokeable(uint256 cursor, uint256 n) view returns (uint256[] ids)',
  `function statusOf(uint256 id) view returns (${STATUS})`,
  `function factsOf(uint256 id) view returns (${FACTS})`,
  'function runway(uint256 id) view returns (uint256 epochs)',
  `function endowment(uint64 pieceSize, ${POLICY} policy, uint256 epochs) view returns (uint256 atFirstOffer, uint256 atCeiling)`,
  'function storeCount() view returns (uint256)',
  `function storeOf(uint256 id) view returns (${STORE})`,
  `function policyOf(uint32 number) view returns (${POLICY})`,
  'function policyCount() view returns (uint256)',
  'function clientOf(address account) view returns (address)',
  'function accountOf(address account) view returns (address client, uint256 stores, uint256 free, uint256 perEpoch, uint256 paidInWindow)',
] as const

/** What its clients have beyond those of an owner. */
export const STORE_CLIENT_ABI = [
  'event ProvidersLimited(bytes32 indexed id, address judge, uint64[] excluded)',
  'error AlreadyPublished(bytes32 id)',
  'function limitProviders(bytes32 id, address judge, uint64[] excluded)',
  'function isHealthy(uint32[] numbers, uint256 copies, int64 lead) view returns (bool)',
  'function look(uint32[] numbers) view returns ((bytes32 id, int64 startEpoch, int64 endEpoch, uint16 replicas, uint16 published, uint8 state, uint64 pieceSize, uint256 reserved, uint16 wanted)[] proposals, (uint64 dealId, uint64 provider, uint8 state, bool closed)[] deals)',
] as const

export const STORE_CLIENT_FACTORY_ABI = [
  'event StoreClientCreated(address indexed owner, address indexed account, address client)',
  'error FailedDeployment()',
  'error InsufficientBalance(uint256 balance, uint256 needed)',
  'function createClient(address account) returns (address client)',
  'function predictClient(address owner, address account) view returns (address client)',
  'function implementation() view returns (address)',
] as const
