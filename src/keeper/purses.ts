/** Accounts and their clients by number, from 1 on: two addresses of one purse. */
import { z } from 'zod/v4'

export const pursesShape = z.array(z.tuple([z.string(), z.number()]))

export class Purses {
  /** 0x…, lower case. */
  readonly #numbers = new Map<string, number>()
  #count = 0

  add(account: string, client: string): number {
    const known = this.numberOf(account.toLowerCase())
    const number = known ?? (this.#count += 1)
    this.#numbers.set(account.toLowerCase(), number)
    this.#numbers.set(client.toLowerCase(), number)
    return number
  }

  /** @param address Of either, in lower case. */
  numberOf(address: string): number | undefined {
    return this.#numbers.get(address)
  }

  entries(): z.infer<typeof pursesShape> {
    return [...this.#numbers]
  }

  restore(entries: z.infer<typeof pursesShape>): void {
    for (const [address, number] of entries) {
      this.#numbers.set(address, number)
      this.#count = Math.max(this.#count, number)
    }
  }
}
