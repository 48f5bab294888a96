/** A look at the world as a fact: what fails is not known, for the reason that the failure gives. */
import { isStorageError } from '../errors.ts'
import { type Fact, known, unseen } from '../doctor/facts.ts'

/** @throws ABORTED, and what is no failure of the world */
export async function attempt<T>(look: () => Promise<T>): Promise<Fact<T>> {
  try {
    return known(await look())
  } catch (error) {
    if (!isStorageError(error) || error.code === 'ABORTED' || error.code === 'INTERNAL') throw error
    return unseen(error.message)
  }
}
