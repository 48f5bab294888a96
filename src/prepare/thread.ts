/** A thread that reads leaves and hashes blocks. */
import { answerTasks } from '../threads/answer.ts'
import { prepareWork } from './threads.ts'

answerTasks(prepareWork())
