/**
 * Opens and makes encrypted exports: S/MIME encrypted parts of a split zip ({@code
 * export-….z01.smime … .zip.smime}), of any size, in constant memory; and single S/MIME or CMS
 * messages (RFC 5652, RFC 8551).
 *
 * <h2>The first program</h2>
 *
 * <p>It takes any part of an export, or the folder that has it, and extracts all of it, verified,
 * or nothing:
 *
 * <pre>{@code
 * try (Keyring keys = Keyring.of(Path.of("key.pem"));
 *      ExportArchive archive = ExportArchive.open(Path.of("downloads"), keys)) {
 *     archive.extractTo(Path.of("out"));
 * }
 * }</pre>
 *
 * <p>The way back makes an export of a folder, for the owner of a certificate:
 *
 * <pre>{@code
 * try (Recipients recipients = Recipients.of(Path.of("certificate.pem"))) {
 *     new ExportBuilder(recipients).partSize(500L << 20).build(Path.of("tree"), Path.of("outbox"));
 * }
 * }</pre>
 *
 * <h2>Where to read on</h2>
 *
 * <ol>
 *   <li>{@link io.github.smimezip.Keyring}: keys from files, key stores, hardware; passphrases.
 *   <li>{@link io.github.smimezip.ExportArchive}: list, read, verify and extract entries; {@link
 *       io.github.smimezip.ExtractOptions} says which entries, and how, {@link
 *       io.github.smimezip.ExtractReport} what was done.
 *   <li>{@link io.github.smimezip.ExportSet}: several exports in one folder, parts that are
 *       missing, copies of parts, parts that are not files ({@link io.github.smimezip.PartSource});
 *       {@link io.github.smimezip.SetStatus}: what state each is in; {@link
 *       io.github.smimezip.Salvage}: what there is of one that is damaged.
 *   <li>{@link io.github.smimezip.EncryptedMessage}: one message as a stream, a channel or a file.
 *   <li>{@link io.github.smimezip.Recipients}: whom something is sealed for: certificates,
 *       passwords, secret keys.
 *   <li>{@link io.github.smimezip.ExportBuilder}: an export of a folder or of files, {@link
 *       io.github.smimezip.ExportReceipt} says what was made, {@link
 *       io.github.smimezip.BuildPlan} what would be; {@link io.github.smimezip.ExportWriter}: one
 *       whose entries a program writes, to a folder or to a {@link io.github.smimezip.PartSink}.
 *   <li>{@link io.github.smimezip.SealingOutputStream}: one message made as a stream; {@link
 *       io.github.smimezip.SealOptions}: cipher and container.
 *   <li>{@link io.github.smimezip.SmimezipException}: what fails, and what a program can do about
 *       it.
 *   <li>{@link io.github.smimezip.OpenOptions}: {@linkplain io.github.smimezip.Limit limits}, odd
 *       input that is to be accepted, {@linkplain io.github.smimezip.ProgressListener progress}.
 *   <li>{@link io.github.smimezip.NativeLibrary}: where the native library comes from.
 * </ol>
 *
 * <h2>What holds everywhere</h2>
 *
 * <p><b>Integrity.</b> CBC ciphers, which exports have, authenticate nothing: whoever could change
 * a message could change its content. {@link io.github.smimezip.Integrity} says what is known of
 * each.
 *
 * <p><b>Null.</b> No parameter may be null, unless its description says so; a {@link
 * NullPointerException} names the parameter. No method returns null, and no collection contains it:
 * what may be absent is an {@link java.util.Optional}.
 *
 * <p><b>Threads.</b> Every class may be used by several threads at the same time, but for streams,
 * channels, options and what makes exports. An interrupt of the thread ends a long call with a
 * {@link io.github.smimezip.CancelledException} and leaves no files; it stays set.
 *
 * <p><b>What is made is complete only if it is said to be</b>, by {@link
 * io.github.smimezip.SealingOutputStream#finish} and {@link
 * io.github.smimezip.ExportWriter#commit}: an exception in between, which closes everything, leaves
 * nothing that looks complete.
 *
 * <p><b>Closing.</b> Closing something twice does nothing. Closing it while a call uses it lets
 * that call end; later ones throw. What is forgotten is freed when it is collected.
 *
 * <p><b>Paths</b> are those of the default file system. Others, as those inside a zip file, are
 * refused with a {@link java.nio.file.ProviderMismatchException}; {@link
 * io.github.smimezip.PartSource#of(java.nio.file.Path)} reads from them.
 */
package io.github.smimezip;
