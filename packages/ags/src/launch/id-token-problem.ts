/** Everything that can be wrong with the id_token of a launch. */
export type IdTokenFault =
  | 'NOT_A_TOKEN'
  | 'ALGORITHM'
  | 'ISSUER'
  | 'AUDIENCE'
  | 'AUTHORIZED_PARTY'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'VERSION'
  | 'MESSAGE_TYPE'
  | 'DEPLOYMENT'
  | 'KEYS_UNREADABLE'
  | 'UNKNOWN_KEY'
  | 'SIGNATURE';

/** Why an id_token is not taken. `detail` goes on from "the id_token", and quotes nothing personal. */
export interface IdTokenProblem {
  code: IdTokenFault;
  detail: string;
}
