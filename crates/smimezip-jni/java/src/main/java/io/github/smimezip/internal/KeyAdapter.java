package io.github.smimezip.internal;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** The private operation of a key that stays with its provider. */
public final class KeyAdapter {
    private final PublicKey publicKey;
    private final PrivateKey key;

    public KeyAdapter(PublicKey publicKey, PrivateKey key) {
        this.publicKey = publicKey;
        this.key = key;
    }

    /**
     * Called by the native side: key transport with RSA, by PKCS #1 v1.5 without hash functions, by
     * OAEP with them. Null if the block is not in order.
     */
    byte[] decrypt(String hash, String maskHash, byte[] label, byte[] encrypted)
            throws GeneralSecurityException {
        Cipher cipher;
        if (hash.isEmpty()) {
            cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
            cipher.init(Cipher.DECRYPT_MODE, key);
        } else {
            cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
            cipher.init(Cipher.DECRYPT_MODE, key, new OAEPParameterSpec(
                hash, "MGF1", new MGF1ParameterSpec(maskHash), new PSource.PSpecified(label)));
        }
        try {
            return cipher.doFinal(encrypted);
        } catch (BadPaddingException | IllegalBlockSizeException wrong) {
            return null;
        }
    }

    /** Called by the native side: the secret shared with the owner of a public key. */
    byte[] agree(byte[] point) throws GeneralSecurityException {
        PublicKey other;
        KeyAgreement agreement;
        if (publicKey instanceof ECPublicKey) {
            agreement = KeyAgreement.getInstance("ECDH");
            other = onCurve((ECPublicKey) publicKey, point);
        } else {
            agreement = KeyAgreement.getInstance("XDH");
            other = montgomery(point);
        }
        agreement.init(key);
        try {
            agreement.doPhase(other, true);
        } catch (InvalidKeyException wrong) {
            return null;
        }
        return agreement.generateSecret();
    }

    /** A point in its uncompressed form (SEC 1 section 2.3.4), on the curve of our own key. */
    private static PublicKey onCurve(ECPublicKey own, byte[] point)
            throws GeneralSecurityException {
        int size = (own.getParams().getCurve().getField().getFieldSize() + 7) / 8;
        if (point.length != 2 * size + 1 || point[0] != 4) {
            throw new InvalidKeyException(
                "only uncompressed points are known to this key's provider");
        }
        BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, size + 1));
        BigInteger y = new BigInteger(1, Arrays.copyOfRange(point, size + 1, point.length));
        return KeyFactory.getInstance("EC")
            .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), own.getParams()));
    }

    /**
     * The bytes of RFC 7748 in a SubjectPublicKeyInfo (RFC 8410): the same head as our own key has.
     */
    private PublicKey montgomery(byte[] bytes) throws GeneralSecurityException {
        byte[] info = publicKey.getEncoded();
        if (info == null || info.length <= bytes.length) {
            throw new InvalidKeyException("a key of another kind");
        }
        System.arraycopy(bytes, 0, info, info.length - bytes.length, bytes.length);
        return KeyFactory.getInstance("XDH").generatePublic(new X509EncodedKeySpec(info));
    }
}
