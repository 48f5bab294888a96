/**
 * Method numbers of exported actor methods. FRC-0042: the first big-endian 4 bytes ≥ 2^24 of blake2b-512("1|" + name).
 * @see FRC-0042; builtin-actors actors/market/src/lib.rs:86-103, actors/miner/src/lib.rs, actors/power/src/lib.rs
 */
export const METHODS = {
  // what f05, f07 and miners call on a contract
  AuthenticateMessage: 2643134072n,
  MarketNotifyDeal: 4186741094n,
  SectorContentChanged: 2034386435n,
  Receive: 3726118371n,
  // any EVM contract
  InvokeEVM: 3844450837n,
  // f05
  AddBalance: 822473126n,
  WithdrawBalance: 2280458852n,
  PublishStorageDeals: 2236929350n,
  GetBalance: 726108461n,
  GetDealDataCommitment: 1157985802n,
  GetDealClient: 128053329n,
  GetDealProvider: 935081690n,
  GetDealLabel: 46363526n,
  GetDealTerm: 163777312n,
  GetDealTotalPrice: 4287162428n,
  GetDealClientCollateral: 200567895n,
  GetDealProviderCollateral: 2986712137n,
  GetDealVerified: 2627389465n,
  GetDealActivation: 2567238399n,
  GetDealSector: 2611213344n,
  SettleDealPayments: 1900091594n,
  // f04
  MinerPower: 36284446n,
  MinerRawPower: 3753401894n,
  // miners
  IsControllingAddress: 348244887n,
  GenerateSectorLocation: 1321604665n,
  ValidateSectorStatus: 3092458564n,
  GetNominalSectorExpiration: 3010055991n,
} as const

export const MARKET_ACTOR_ID = 5n
