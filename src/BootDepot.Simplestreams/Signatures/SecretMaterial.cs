using System;
using System.Numerics;
using System.Security.Cryptography;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>The secret part of a signing key, in memory.</summary>
internal abstract class SecretMaterial : IDisposable
{
    /// <summary>Number of the public-key algorithm.</summary>
    public abstract int Algorithm { get; }

    /// <summary>Appends the public fields of the key packet.</summary>
    public abstract void WritePublic(PacketWriter writer);

    /// <summary>Appends the secret fields of an unprotected secret-key packet.</summary>
    public abstract void WriteSecret(PacketWriter writer);

    /// <summary>Appends the signature over a SHA-512.</summary>
    public abstract void Sign(PacketWriter writer, ReadOnlySpan<byte> hash);

    public abstract void Dispose();

    public static SecretMaterial Create(SigningKeyKind kind) => kind switch
    {
        SigningKeyKind.Rsa4096 => new RsaSecret(RSA.Create(4096)),
        SigningKeyKind.Ed25519 => new Ed25519Secret(RandomNumberGenerator.GetBytes(Ed25519.KeyBytes)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of key."),
    };

    /// <summary>Reads the secret fields that belong to a public key packet's content.</summary>
    public static SecretMaterial Parse(ReadOnlyMemory<byte> publicBody, ref ByteReader secret)
    {
        var reader = new ByteReader(publicBody);
        reader.Take(5);
        int algorithm = reader.Byte();
        switch (algorithm)
        {
            case 1:
                return RsaSecret.Parse(reader.Mpi(), reader.Mpi(), secret.Mpi(), secret.Mpi(), secret.Mpi(), secret.Mpi());
            case 22 when Convert.ToHexString(reader.Take(reader.Byte()).Span) == Ed25519.LegacyOidHex:
                return Ed25519Secret.Parse(reader.Mpi(), secret.Mpi());
            default:
                throw new PacketException($"its algorithm {algorithm} is not one of RSA and Ed25519");
        }
    }

    private sealed class RsaSecret(RSA rsa) : SecretMaterial
    {
        public override int Algorithm => 1;

        public static RsaSecret Parse(
            ReadOnlyMemory<byte> n, ReadOnlyMemory<byte> e, ReadOnlyMemory<byte> d, ReadOnlyMemory<byte> p, ReadOnlyMemory<byte> q, ReadOnlyMemory<byte> u)
        {
            // OpenPGP keeps u = p^-1 mod q; with the primes' names exchanged that is the InverseQ of PKCS #1.
            var (first, second, exponent) = (Number(q), Number(p), Number(d));
            if (n.Length is < 256 or > 1024 || first <= 1 || second <= 1)
                throw new PacketException("its RSA numbers are out of range");
            var rsa = RSA.Create();
            try
            {
                var half = (n.Length + 1) / 2;
                rsa.ImportParameters(new RSAParameters
                {
                    Modulus = n.ToArray(),
                    Exponent = e.ToArray(),
                    D = Field(exponent, n.Length),
                    P = Field(first, half),
                    Q = Field(second, half),
                    DP = Field(exponent % (first - 1), half),
                    DQ = Field(exponent % (second - 1), half),
                    InverseQ = Field(Number(u), half),
                });
                return new RsaSecret(rsa);
            }
            catch (CryptographicException error)
            {
                rsa.Dispose();
                throw new PacketException($"its RSA numbers do not fit each other ({error.Message})");
            }
        }

        public override void WritePublic(PacketWriter writer)
        {
            var key = rsa.ExportParameters(includePrivateParameters: false);
            writer.Mpi(key.Modulus).Mpi(key.Exponent);
        }

        public override void WriteSecret(PacketWriter writer)
        {
            var key = rsa.ExportParameters(includePrivateParameters: true);
            var (p, q) = (Number(key.P), Number(key.Q));
            // RFC 9580, section 5.5.5.1: p < q.
            if (p < q)
            {
                var u = BigInteger.ModPow(p, q - 2, q);
                writer.Mpi(key.D).Mpi(key.P).Mpi(key.Q).Mpi(u.ToByteArray(isUnsigned: true, isBigEndian: true));
            }
            else
            {
                writer.Mpi(key.D).Mpi(key.Q).Mpi(key.P).Mpi(key.InverseQ);
            }
        }

        public override void Sign(PacketWriter writer, ReadOnlySpan<byte> hash) =>
            writer.Mpi(rsa.SignHash(hash.ToArray(), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1));

        public override void Dispose() => rsa.Dispose();

        private static BigInteger Number(ReadOnlyMemory<byte> bytes) => new(bytes.Span, isUnsigned: true, isBigEndian: true);

        private static byte[] Field(BigInteger number, int length)
        {
            var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
            if (bytes.Length > length)
                throw new PacketException("its RSA numbers are out of range");
            var field = new byte[length];
            bytes.CopyTo(field, length - bytes.Length);
            return field;
        }
    }

    private sealed class Ed25519Secret(byte[] seed) : SecretMaterial
    {
        private readonly byte[] _public = Ed25519.PublicKeyOf(seed);

        // 22 rather than 27: what GnuPG 2.2 and every other peer of today reads.
        public override int Algorithm => 22;

        public static Ed25519Secret Parse(ReadOnlyMemory<byte> point, ReadOnlyMemory<byte> secret)
        {
            if (secret.Length > Ed25519.KeyBytes)
                throw new PacketException("its secret is too long");
            var seed = new byte[Ed25519.KeyBytes];
            secret.CopyTo(seed.AsMemory(seed.Length - secret.Length));
            var key = new Ed25519Secret(seed);
            return point.Length == 33 && point.Span[1..].SequenceEqual(key._public)
                ? key
                : throw new PacketException("its secret does not fit its public key");
        }

        public override void WritePublic(PacketWriter writer)
        {
            var oid = Convert.FromHexString(Ed25519.LegacyOidHex);
            writer.Byte(oid.Length).Bytes(oid).Mpi([0x40, .. _public]);
        }

        public override void WriteSecret(PacketWriter writer) => writer.Mpi(seed);

        public override void Sign(PacketWriter writer, ReadOnlySpan<byte> hash)
        {
            var signature = Ed25519.Sign(seed, hash);
            writer.Mpi(signature.AsSpan(0, 32)).Mpi(signature.AsSpan(32));
        }

        public override void Dispose() => CryptographicOperations.ZeroMemory(seed);
    }
}
