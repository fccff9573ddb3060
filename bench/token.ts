import { SignJWT } from 'jose'

/** What Larder's tokens are signed with in the benchmark. */
export const secret = 'a secret of the benchmark, longer than 32 characters'

/** A token for writing, and for having answers explained. */
export function writerToken(): Promise<string> {
  return new SignJWT({ scope: 'catalog:write catalog:trace' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('bench')
    .setExpirationTime('1d')
    .sign(new TextEncoder().encode(secret))
}
