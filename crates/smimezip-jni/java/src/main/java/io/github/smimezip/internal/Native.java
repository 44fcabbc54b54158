package io.github.smimezip.internal;

import io.github.smimezip.CancelledException;
import io.github.smimezip.CorruptDataException;
import io.github.smimezip.DecryptionException;
import io.github.smimezip.ErrorDetails;
import io.github.smimezip.LimitExceededException;
import io.github.smimezip.MissingPartException;
import io.github.smimezip.NoMatchingKeyException;
import io.github.smimezip.NoSpaceException;
import io.github.smimezip.PassphraseException;
import io.github.smimezip.SeveralSetsException;
import io.github.smimezip.SmimezipException;
import io.github.smimezip.Status;
import io.github.smimezip.UnsafePathException;
import io.github.smimezip.UnsuitableCertificateException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The native methods, and the exceptions they throw. Handles are checked by {@link Handle}, ranges
 * here.
 */
public final class Native {
    /** The number of a mistake of the caller, which is an unchecked exception. */
    private static final int ARGUMENT = -1;

    private Native() {}

    /** Called by the native side to throw. */
    static void fail(int number, byte[] written) throws IOException {
        Bytes.Reader in = new Bytes.Reader(written);
        for (Status status : Status.values()) {
            if (status.number() == number) {
                throw exception(status, in);
            }
        }
        if (number == ARGUMENT) {
            throw new IllegalArgumentException(in.text());
        }
        throw new IllegalStateException(in.text());
    }

    /** The exception that the native side wrote, with its status. */
    public static SmimezipException exception(Bytes.Reader in) {
        int number = in.number();
        for (Status status : Status.values()) {
            if (status.number() == number) {
                return exception(status, in);
            }
        }
        throw new IllegalStateException(in.text());
    }

    private static ErrorDetails details(Status status, Bytes.Reader in) {
        String message = in.text();
        String code = in.text();
        String part = in.text();
        List<String> parts = in.texts();
        String entry = in.text();
        long offset = in.size();
        IOException cause = cause(in.number(), in.text());
        Map<Integer, Long> numbers = new HashMap<>();
        for (int left = in.number(); left > 0; left--) {
            numbers.put(in.number(), in.size());
        }
        Map<Integer, List<String>> lists = new HashMap<>();
        for (int left = in.number(); left > 0; left--) {
            lists.put(in.number(), in.texts());
        }
        return new ErrorDetails(
            status, code, message, part, parts, entry, offset, numbers, lists, cause);
    }

    /** What the JDK throws where the operating system says this of a file; null for the rest. */
    private static IOException cause(int system, String file) {
        switch (system) {
            case 1: return new NoSuchFileException(file);
            case 2: return new AccessDeniedException(file);
            case 3: return new FileAlreadyExistsException(file);
            case 4: return new NotDirectoryException(file);
            default: return null;
        }
    }

    private static SmimezipException exception(Status status, Bytes.Reader in) {
        ErrorDetails details = details(status, in);
        switch (status) {
            case NO_MATCHING_KEY: return new NoMatchingKeyException(details);
            case DECRYPT: return new DecryptionException(details);
            case PASSPHRASE: return new PassphraseException(details);
            case MISSING_PART: return new MissingPartException(details);
            case LIMIT: return new LimitExceededException(details);
            case CORRUPT: return new CorruptDataException(details);
            case UNSAFE_PATH: return new UnsafePathException(details);
            case AMBIGUOUS: return new SeveralSetsException(details);
            case NO_SPACE: return new NoSpaceException(details);
            case UNSUITABLE_CERTIFICATE: return new UnsuitableCertificateException(details);
            case CANCELLED: return new CancelledException(details);
            default: return new SmimezipException(details);
        }
    }

    static native byte[] version();

    public static native long keyringNew();

    public static native void keyringFree(long keyring);

    public static native void keyringAddFile(long keyring, byte[] path, byte[] passphrase,
        byte[] limits) throws IOException;

    public static native void keyringAdd(long keyring, byte[] file, byte[] passphrase,
        byte[] limits) throws IOException;

    public static native void keyringAddPassword(long keyring, byte[] password) throws IOException;

    public static native void keyringAddSecretKey(long keyring, byte[] key, byte[] identifier)
        throws IOException;

    public static native void keyringAddExternal(long keyring, byte[] certificate,
        KeyAdapter adapter) throws IOException;

    public static native byte[] keyringDescribe(long keyring) throws IOException;

    public static native long recipientsNew();

    public static native void recipientsFree(long recipients);

    public static native void recipientsAddFile(long recipients, byte[] path, int bits, long at)
        throws IOException;

    public static native void recipientsAdd(long recipients, byte[] file, int bits, long at)
        throws IOException;

    public static native void recipientsAddPassword(long recipients, byte[] password,
        int iterations) throws IOException;

    public static native void recipientsAddSecretKey(long recipients, byte[] key,
        byte[] identifier) throws IOException;

    public static native byte[] recipientsDescribe(long recipients) throws IOException;

    public static native long sealerNew(long recipients, int bits, long size) throws IOException;

    public static native void sealerFree(long sealer);

    public static native byte[] sealerUpdate(long sealer, byte[] content, int offset, int length)
        throws IOException;

    public static native byte[] sealerFinish(long sealer) throws IOException;

    public static native byte[] exportBuild(long recipients, byte[] options, byte[] roots,
        boolean isFolder, byte[] outbox, Object progress) throws IOException;

    public static native byte[] exportPlan(long recipients, byte[] options, byte[] roots,
        boolean isFolder, byte[] outbox, Object progress) throws IOException;

    public static native long writerNewFolder(long recipients, byte[] options, byte[] outbox)
        throws IOException;

    public static native long writerNewSink(long recipients, byte[] options, SinkAdapter sink)
        throws IOException;

    public static native void writerFree(long writer);

    public static native void writerCancel(long writer) throws IOException;

    public static native void writerAddFolder(long writer, byte[] name, int permissions,
        long modified) throws IOException;

    public static native void writerBegin(long writer, byte[] name, int permissions, long modified,
        long maxSize) throws IOException;

    static native void writerWrite(long writer, byte[] content, int offset, int length)
        throws IOException;

    static native void writerEnd(long writer) throws IOException;

    public static native byte[] writerCommit(long writer) throws IOException;

    public static native long messageOpenFile(byte[] path, int bits, byte[] limits)
        throws IOException;

    public static native long messageOpenSource(SourceAdapter adapter, long size, int bits,
        byte[] limits) throws IOException;

    public static native void messageFree(long message);

    public static native byte[] messageInfo(long message) throws IOException;

    public static native long messageDecrypt(long message, long keyring, Object progress)
        throws IOException;

    public static native void messageDecryptToFile(long message, long keyring, byte[] path,
        int bits, int threads, byte[] limits, Object progress) throws IOException;

    static native void contentFree(long content);

    static native byte[] contentInfo(long content) throws IOException;

    static native int contentRead(long content, long position, byte[] buffer, int offset,
        int length) throws IOException;

    public static native long decoderNew(long keyring, int bits, byte[] limits) throws IOException;

    static native void decoderFree(long decoder);

    static native long decoderProcess(long decoder, byte[] input, int inputOffset, int inputLength,
        byte[] output, int outputOffset, int outputLength) throws IOException;

    static native int decoderFinish(long decoder, byte[] output, int offset, int length)
        throws IOException;

    static native int decoderIntegrity(long decoder) throws IOException;

    public static native long setDiscover(byte[] path) throws IOException;

    public static native byte[] setDiscoverAll(byte[] path) throws IOException;

    public static native boolean setNeedsKey(long set) throws IOException;

    public static native byte[] setConflicting(long set) throws IOException;

    public static native byte[] setStatuses(long[] sets, long keyring, int bits, int threads,
        byte[] limits, long cancel) throws IOException;

    public static native long cancelNew();

    public static native void cancelFree(long cancel);

    public static native void cancelTrigger(long cancel) throws IOException;

    public static native long setOf(byte[] names, Object[] adapters, long[] sizes)
        throws IOException;

    public static native void setFree(long set);

    public static native byte[] setInfo(long set) throws IOException;

    public static native long setOpen(long set, long keyring, int bits, int threads,
        byte[] limits, Object progress) throws IOException;

    public static native long salvageOpen(long set, long keyring, int bits, byte[] limits,
        Object progress) throws IOException;

    public static native void salvageFree(long salvage);

    public static native byte[] salvageInfo(long salvage) throws IOException;

    public static native long salvageArchive(long salvage) throws IOException;

    public static native long salvageUncertain(long salvage) throws IOException;

    public static native byte[] salvageExtract(long salvage, byte[] target, int bits, int threads,
        byte[] limits, byte[] names, Object progress) throws IOException;

    public static native byte[] salvageExtractUncertain(long salvage, byte[] target, int bits,
        int threads, byte[] limits, byte[] names, Object progress) throws IOException;

    public static native byte[] patternsMatch(byte[] patterns, byte[] names);

    public static native void archiveFree(long archive);

    public static native byte[] archiveEntries(long archive) throws IOException;

    public static native byte[] archiveOddities(long archive) throws IOException;

    public static native byte[] archiveExtract(long archive, byte[] target, int bits, int threads,
        byte[] limits, byte[] names, Object progress) throws IOException;

    public static native byte[] archiveDryRun(long archive, byte[] target, int bits,
        byte[] limits, byte[] names) throws IOException;

    public static native byte[] archiveMissing(long archive, int index) throws IOException;

    public static native byte[] archivePartsOf(long archive, int index) throws IOException;

    public static native long archiveOpenEntry(long archive, int index) throws IOException;

    static native void readerFree(long reader);

    static native int readerRead(long reader, byte[] buffer, int offset, int length)
        throws IOException;
}
