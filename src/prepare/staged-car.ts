/** A CAR in a staged file of a sink: committed whole, or gone. */
import type { CarFile, CarFileOptions } from './car-file.ts'
import { sinkFault } from './fault.ts'
import type { PieceRecord, PieceSink, Staging, StoredPiece } from './sink.ts'

export class StagedCar {
  readonly car: CarFile
  readonly #sink: PieceSink
  readonly #staging: Staging

  private constructor(car: CarFile, sink: PieceSink, staging: Staging) {
    this.car = car
    this.#sink = sink
    this.#staging = staging
  }

  /** @param open `CarFile.forBlocks` or `CarFile.forBytes`. @throws DEPOT_FULL, DEPOT_READ_ONLY */
  static async open(
    sink: PieceSink,
    open: (path: string, options: CarFileOptions) => Promise<CarFile>,
    options: CarFileOptions,
  ): Promise<StagedCar> {
    const staging = await sink.stage().catch((error: unknown) => {
      throw sinkFault('the depot', error)
    })
    try {
      return new StagedCar(await open(staging.path, options), sink, staging)
    } catch (error) {
      await staging.discard().catch(() => {}) // what failed first is what the user must know
      throw error
    }
  }

  get path(): string {
    return this.#staging.path
  }

  /** The CAR is finished and so closed. @throws what the sink throws; then the file is gone */
  async commit(record: PieceRecord): Promise<StoredPiece> {
    return this.#sink.commit(this.#staging, record).catch((error: unknown) => {
      throw sinkFault(this.path, error)
    })
  }

  /** Removes what was not committed; harmless afterwards. */
  async discard(): Promise<void> {
    await this.car.close().catch(() => {})
    await this.#staging.discard().catch(() => {})
  }
}
