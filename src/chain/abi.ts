/**
 * The ABI of the client contract, its factory and the hub in ethers' human-readable form; a test compares it with the
 * compiler's.
 * @see contracts/interfaces/IDealClient.sol, IDealClientFactory.sol, IAggregationHub.sol
 */

const DEAL_REQUEST =
  '(bytes piece_cid, uint64 piece_size, bool verified_deal, string label, int64 start_epoch, int64 end_epoch, uint256 storage_price_per_epoch, uint256 provider_collateral, uint256 client_collateral, uint64 extra_params_version, (string location_ref, uint64 car_size, bool skip_ipni_announce, bool remove_unsealed_copy) extra_params)'

const PROPOSAL =
  '(bytes32 pieceCommitment, uint64 pieceSize, int64 startEpoch, int64 endEpoch, uint256 pricePerEpoch, uint256 providerCollateral, uint256 clientCollateral, string label, string locationRef, uint64 carSize, bool skipIpniAnnounce, bool removeUnsealedCopy, uint16 replicas, uint16 published, uint64[] providers, uint64[] dealIds, uint8 state)'

const DEAL =
  '(bytes32 proposalId, uint64 dealId, uint64 provider, int64 publishedAt, int64 activatedAt, int64 startEpoch, int64 endEpoch, uint8 state)'

export const CLIENT_ABI = [
  'event DealProposalCreate(bytes32 indexed id, uint64 size, bool indexed verified, uint256 price)',
  'event ProposalMade(bytes32 indexed id, address indexed proposer, uint256 reserved, bytes request)',
  'event ProposalCancelled(bytes32 indexed id, uint256 released)',
  'event ProposalReleased(bytes32 indexed id, uint256 released)',
  'event DealPublished(bytes32 indexed id, uint64 indexed dealId, uint64 indexed provider)',
  'event DealActivated(uint64 indexed dealId, int64 activatedAt)',
  'event DealSettled(uint64 indexed dealId, uint256 paid, bool completed)',
  'event DealClosed(uint64 indexed dealId, uint8 outcome)',
  'event Received(address indexed from, uint256 amount)',
  'event EscrowSeen(uint256 escrow, uint256 locked)',
  'event EscrowDeposited(uint256 amount)',
  'event EscrowWithdrawn(uint256 amount)',
  'event Withdrawn(address indexed to, uint256 amount)',

  'error NotMarket(address caller)',
  'error NotDataCap(address caller)',
  'error MethodNotHandled(uint64 method)',
  'error CodecNotHandled(uint64 codec)',
  'error VerifiedDealsEnded()',
  'error PieceCidInvalid(bytes pieceCid)',
  'error PieceSizeInvalid(uint64 size, uint64 min, uint64 max)',
  'error CarSizeInvalid(uint64 carSize, uint64 capacity)',
  'error LabelEmpty()',
  'error LabelTooLong(uint256 length, uint256 max)',
  'error LabelNotUtf8()',
  'error StartEpochPassed(int64 startEpoch, int64 now_)',
  'error EpochTooFar(int64 epoch, int64 max)',
  'error DurationOutOfBounds(int64 duration, int64 min, int64 max)',
  'error AmountTooLarge(uint256 amount, uint256 max)',
  'error LocationTooLong(uint256 length, uint256 max)',
  'error LocationInvalid(uint256 position)',
  'error ExtraParamsVersionUnknown(uint64 version)',
  'error ReplicasInvalid(uint256 replicas, uint256 max)',
  'error ProviderListTooLong(uint256 length, uint256 max)',
  'error ProviderRepeated(uint64 provider)',
  'error ProvidersTooFew(uint256 providers, uint256 replicas)',
  'error ProposalExists(bytes32 id)',
  'error ProposalUnknown(bytes32 id)',
  'error ProposalNotInState(bytes32 id, uint8 current, uint8 expected)',
  'error PieceCidMismatch(bytes32 got)',
  'error PieceSizeMismatch(uint64 got, uint64 expected)',
  'error ClientMismatch(bytes got)',
  'error LabelMismatch(string got)',
  'error StartEpochMismatch(int64 got, int64 expected)',
  'error EndEpochMismatch(int64 got, int64 expected)',
  'error PriceMismatch(uint256 got, uint256 expected)',
  'error ProviderCollateralMismatch(uint256 got, uint256 expected)',
  'error ClientCollateralMismatch(uint256 got, uint256 expected)',
  'error ProviderNotAllowed(uint64 provider)',
  'error ProviderAlreadyPublished(bytes32 id, uint64 provider)',
  'error ActorUnknown(bytes got)',
  'error DealIdNotAscending(uint64 dealId, uint64 newest)',
  'error EscrowTooLow(uint256 missing)',
  'error BalanceTooLow(uint256 requested, uint256 available)',
  'error ActorFailed(uint64 method, int256 exitCode)',
  'error DealUnknown(uint64 dealId)',
  'error RecipientRefused(address to)',
  'error NotThisClient(address client)',

  `function makeDealProposal(${DEAL_REQUEST} deal) returns (bytes32 id)`,
  `function propose(${DEAL_REQUEST} deal, uint16 replicas, uint64[] providers) payable returns (bytes32 id)`,
  'function cancel(bytes32 id)',
  'function reannounce(bytes32 id)',
  'function release(bytes32[] ids)',
  'function getDealProposal(bytes32 id) view returns (bytes)',
  'function getExtraParams(bytes32 id) view returns (bytes)',
  'function handle_filecoin_method(uint64 method, uint64 codec, bytes params) returns (uint32 exitCode, uint64 returnCodec, bytes data)',
  'function deposit(uint256 amount) payable',
  'function withdrawEscrow(uint256 amount) returns (uint256 taken)',
  'function withdraw(address to, uint256 amount)',
  'function settle(uint64[] ids)',
  'function addBalance(uint256 amount) payable',
  'function observe(uint64[] ids)',
  'function withdrawBalance(address client, uint256 amount) returns (uint256 taken)',
  'function funds() view returns (uint256 escrow, uint256 locked, uint256 reserved, uint256 available, uint256 balance)',
  'function filecoinAddress() view returns (bytes)',
  'function actorId() view returns (uint64)',
  'function proposalCount() view returns (uint256)',
  'function proposalIds(uint256 cursor, uint256 n) view returns (bytes32[])',
  `function getProposal(bytes32 id) view returns (${PROPOSAL})`,
  'function proposalState(bytes32 id) view returns (uint8)',
  'function dealCount() view returns (uint256)',
  'function dealIds(uint256 cursor, uint256 n) view returns (uint64[])',
  `function getDeal(uint64 dealId) view returns (${DEAL})`,
  'function dealState(uint64 dealId) view returns (uint8)',
] as const

/** The contract's own, beyond its interface. */
export const OWNER_ABI = [
  'error NotOwner(address caller, address owner)',
  'error NotPendingOwner(address caller, address pendingOwner)',
  'error OwnerExists(address owner)',
  'error OwnerMissing()',
  'error NotProposer(address caller, address owner)',
  'error SpendingLimitExceeded(uint256 asked, uint256 left)',
  'error WindowMissing()',
  'error ProposalsPaused()',
  'event OwnershipTransferStarted(address indexed from, address indexed to)',
  'event OwnershipTransferred(address indexed from, address indexed to)',
  'event ProposerSet(address indexed proposer, uint256 limit, uint256 window)',
  'event PausedSet(bool paused)',
  'function owner() view returns (address)',
  'function setProposer(address proposer, uint96 limit, uint32 window)',
  'function proposerOf(address proposer) view returns (uint96 limit, uint32 window, uint96 spent)',
  'function setPaused(bool paused_)',
  'function paused() view returns (bool)',
] as const

/** Errors of the libraries and contracts that the client calls. */
export const INNER_ERRORS_ABI = [
  'error PrecompileFailed(address precompile)',
  'error SettlementsInconsistent(uint256 asked, uint256 answered)',
  'error IdsNotAscending(uint64 id)',
  'error AddressInvalid(bytes got)',
  'error AddressNotId(bytes got)',
  'error CborTruncated(uint256 at)',
  'error CborTrailing(uint256 at)',
  'error CborWrongType(uint256 at, uint8 expected, uint8 got)',
  'error CborWrongArity(uint256 at, uint256 expected, uint256 got)',
  'error CborNotMinimal(uint256 at)',
  'error CborUnsupported(uint256 at)',
  'error CborOutOfRange(uint256 at)',
  'error CborNotBool(uint256 at)',
  'error CborNotUtf8(uint256 at)',
  'error CborBigIntSign(uint256 at)',
  'error CborBigIntNegative(uint256 at)',
  'error CborNotCid(uint256 at)',
] as const

export const FACTORY_ABI = [
  'event ClientCreated(address indexed owner, address indexed client, bytes filecoinAddress)',
  'error ClientExists(address owner, address client)',
  'function createClient(address owner) returns (address client)',
  'function clientOf(address owner) view returns (address client)',
  'function predictClient(address owner) view returns (address client)',
  'function predictFilecoinAddress(address owner) view returns (bytes)',
  'function actorIdOf(address owner) view returns (bool exists, uint64 id)',
  'function implementation() view returns (address)',
] as const

const MERKLE_PATH = '(uint64 index, bytes32[] path)'
const PROOF = `(${MERKLE_PATH} proofSubtree, ${MERKLE_PATH} proofIndex)`
const VERIFIER_DATA = '(bytes commPc, uint64 sizePc)'
const AUX_DATA = '(bytes commPa, uint64 sizePa)'
const HUB_REQUEST =
  '(uint8 subject, bytes32 key, uint64 pieceSize, address aggregator, int64 storedUntil, uint32 completions, uint64 firstDealId, uint8 payment, address requester, uint256 amount, int64 deadline)'
const HUB_DEALS = '(uint64 dealId, uint64 minerId)[]'

/** Its errors stand beside their words, in hub-revert.ts. */
export const HUB_ABI = [
  'event SubmitAggregatorRequest(uint256 indexed id, bytes cid)',
  'event RequestTerms(uint256 indexed id, address indexed requester, address indexed aggregator, uint256 payment, int64 deadline, int64 storedUntil)',
  'event CompleteAggregatorRequest(uint256 indexed id, uint64 indexed dealId)',
  'event PieceProven(uint256 indexed id, uint64 indexed dealId, bytes32 indexed pieceCommitment, uint64 pieceSize, uint64 offset, bytes32 aggregateCommitment, uint64 aggregateSize)',
  'event PaymentMade(uint256 indexed id, address indexed to, uint64 indexed dealId, uint256 amount)',
  'event PaymentReclaimed(uint256 indexed id, address indexed to, uint256 amount)',

  'function submit(bytes cid) returns (uint256 id)',
  'function submit(bytes cid, (address aggregator, int64 deadline, int64 storedUntil) terms) payable returns (uint256 id)',
  `function complete(uint256 id, uint64 dealId, uint64 minerId, ${PROOF} proof, ${VERIFIER_DATA} verifierData) returns (${AUX_DATA})`,
  `function complete(uint256 id, uint64 dealId, ${PROOF} proof, ${VERIFIER_DATA} verifierData) returns (${AUX_DATA})`,
  `function completeBatch(uint64 dealId, uint64 minerId, (uint256 id, ${PROOF} proof, ${VERIFIER_DATA} verifierData)[] items)`,
  'function claim(uint256 id)',
  'function claim(uint256 id, uint64 dealId)',
  'function claimTo(uint256 id, uint64 dealId, address to)',
  'function reclaim(uint256 id, address to)',
  'function aggregator() view returns (address)',
  'function requestCount() view returns (uint256)',
  `function requestOf(uint256 id) view returns (${HUB_REQUEST})`,
  `function dealsOf(uint256 id) view returns (${HUB_DEALS})`,
  `function dealsOf(uint256 id, uint256 cursor, uint256 n) view returns (${HUB_DEALS})`,
  'function dealCount(bytes cid) view returns (uint256)',
  `function getAllDeals(bytes cid) view returns (${HUB_DEALS})`,
  `function getAllDeals(bytes cid, uint256 cursor, uint256 n) view returns (${HUB_DEALS})`,
  `function getActiveDeals(bytes cid) view returns (${HUB_DEALS})`,
  `function getActiveDeals(bytes cid, uint256 cursor, uint256 n) view returns (${HUB_DEALS})`,
  `function getExpiringDeals(bytes cid, uint64 epochs) view returns (${HUB_DEALS})`,
  `function getExpiringDeals(bytes cid, uint64 epochs, uint256 cursor, uint256 n) view returns (${HUB_DEALS})`,
  'function isStored(bytes pieceCid) view returns (uint256 deals, int64 activeUntil)',
] as const
