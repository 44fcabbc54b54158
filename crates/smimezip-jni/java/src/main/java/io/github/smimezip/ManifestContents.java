package io.github.smimezip;

/**
 * What a manifest says: a small file beside the parts, {@code NAME.manifest.json}, by which {@code
 * smimezip verify --manifest} checks them without a key. It is not signed, so it finds accidents.
 *
 * @since 0.1
 */
public enum ManifestContents {
    /**
     * The parts: name, size and SHA-256 of each as it is sealed. That says nothing of what is in
     * the export.
     */
    PARTS,
    /**
     * The files in it, too: path, size and CRC-32. <b>Whoever has the manifest reads these without
     * a key.</b>
     */
    ENTRIES
}
