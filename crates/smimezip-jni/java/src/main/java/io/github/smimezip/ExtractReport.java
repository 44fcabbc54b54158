package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Native;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What an extraction or verification did. */
public final class ExtractReport {
    private final long files;
    private final long folders;
    private final long bytes;
    private final Map<SkipReason, List<String>> reasons = new EnumMap<>(SkipReason.class);
    private final List<String> skipped = new ArrayList<>();
    private final List<Renamed> renamed = new ArrayList<>();
    private final List<Oddity> oddities;
    private final List<Unavailable> unavailable = new ArrayList<>();
    private final List<SmimezipException> failures = new ArrayList<>();

    ExtractReport(Bytes.Reader in) {
        files = in.size();
        folders = in.size();
        bytes = in.size();
        for (int left = in.number(); left > 0; left--) {
            String name = in.text();
            SkipReason reason = SkipReason.values()[in.number()];
            skipped.add(name);
            reasons.computeIfAbsent(reason, it -> new ArrayList<>()).add(name);
        }
        for (int left = in.number(); left > 0; left--) {
            renamed.add(new Renamed(in.text(), in.text()));
        }
        oddities = Oddity.list(in);
        for (int left = in.number(); left > 0; left--) {
            unavailable.add(new Unavailable(in.text(), in.texts()));
        }
        for (int left = in.number(); left > 0; left--) {
            failures.add(Native.exception(in));
        }
    }

    /**
     * Files extracted or verified.
     *
     * @return a number of files
     */
    public long files() {
        return files;
    }

    /**
     * Folders that entries named.
     *
     * @return a number of folders
     */
    public long folders() {
        return folders;
    }

    /**
     * Bytes of these files.
     *
     * @return a number of bytes
     */
    public long bytes() {
        return bytes;
    }

    /**
     * Entries left out: links, files that are there and stay, unsafe names; where that was asked
     * for.
     *
     * @return their names
     */
    public List<String> skipped() {
        return List.copyOf(skipped);
    }

    /**
     * Entries left out for one reason.
     *
     * @param reason why
     * @return their names
     * @since 0.1
     */
    public List<String> skipped(SkipReason reason) {
        return List.copyOf(reasons.getOrDefault(
            Objects.requireNonNull(reason, "reason"), List.of()));
    }

    /**
     * Entries whose files have other names than they, with {@link Names#ENCODE}.
     *
     * @return both names of each
     * @since 0.1
     */
    public List<Renamed> renamed() {
        return List.copyOf(renamed);
    }

    /**
     * Deviations from the standard that were met and accepted, in the directory and the entries
     * asked for.
     *
     * @return one of each kind
     * @since 0.1
     */
    public List<Oddity> oddities() {
        return oddities;
    }

    /**
     * Entries that lie in missing parts, with {@link ExtractOptions#available}.
     *
     * @return each with the missing parts that it needs
     * @since 0.1
     */
    public List<Unavailable> unavailable() {
        return List.copyOf(unavailable);
    }

    /**
     * Entries that could not be verified, with {@link ExtractOptions#keepGoing}.
     *
     * @return what was wrong with each; {@link SmimezipException#entry} names it
     */
    public List<SmimezipException> failed() {
        return List.copyOf(failures);
    }

    @Override
    public String toString() {
        return "ExtractReport[" + files + " files, " + folders + " folders, " + bytes + " bytes, "
            + skipped.size() + " skipped, " + renamed.size() + " renamed, " + failures.size()
            + " failed" + (unavailable.isEmpty() ? "]" : ", " + unavailable.size()
            + " in missing parts]");
    }
}
