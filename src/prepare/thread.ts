/** A thread that reads leaves and hashes blocks. */
import { answerTasks } from '../threads/answer.ts'
import { doPrepareTask } from './threads.ts'

answerTasks(doPrepareTask)
