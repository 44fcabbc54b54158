package io.github.smimezip;

/**
 * What kind of failure a {@link SmimezipException} is; one for each thing that a program can act
 * on.
 */
public enum Status {
    /** Reading or writing failed. */
    IO(-2),
    /** Not an S/MIME or CMS message, or not a zip archive. */
    FORMAT(-3),
    /** A legal input that this library does not open; the message names it. */
    UNSUPPORTED(-4),
    /** None of the keys is for the message; the message names its recipients. */
    NO_MATCHING_KEY(-5),
    /** A private key needs a passphrase, or the passphrase is wrong. */
    PASSPHRASE(-6),
    /** Decryption failed. Deliberately without detail. */
    DECRYPT(-7),
    /** The data are damaged or cut off: fetch the part that is named again. */
    CORRUPT(-8),
    /** Parts of the set are missing, there twice or too many; the message names all of them. */
    MISSING_PART(-9),
    /** A limit on untrusted input was reached. */
    LIMIT(-10),
    /** An entry's name is not safe to create, or two entries cannot exist together. */
    UNSAFE_PATH(-11),
    /** A file is already there, and overwriting was not asked for. */
    EXISTS(-12),
    /** A listener or an interrupt stopped the call. Nothing is left behind. */
    CANCELLED(-13),
    /** No entry has that name. */
    NOT_FOUND(-14),
    /** The folder holds several sets: name a part of the one you mean. */
    AMBIGUOUS(-16),
    /** What should be a private key or a certificate is none. */
    BAD_KEY(-17),
    // -18 was LAYOUT, after which the library opens again by itself.
    /** The disk has less free space than extraction needs. Nothing was written. */
    NO_SPACE(-19),
    /** Nothing is sealed for a certificate; the message says why and what to do. */
    UNSUITABLE_CERTIFICATE(-20);

    private final int number;

    Status(int number) {
        this.number = number;
    }

    /**
     * The number of this status, the same as in the C interface; never reused.
     *
     * @return a number below zero
     */
    public int number() {
        return number;
    }
}
