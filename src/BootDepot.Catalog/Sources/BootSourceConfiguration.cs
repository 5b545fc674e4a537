using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Sources;

internal sealed class BootSourceConfiguration : IEntityTypeConfiguration<BootSource>
{
    public void Configure(EntityTypeBuilder<BootSource> builder)
    {
        builder.Property(s => s.Url).HasMaxLength(MaxLengths.Url);
        builder.Property(s => s.Name).HasMaxLength(MaxLengths.Url);
        builder.Property(s => s.KeyringFilename).HasMaxLength(MaxLengths.Path);
        builder.Property(s => s.Proxy).HasMaxLength(MaxLengths.Url);
        builder.Property(s => s.ClientCertificateFile).HasMaxLength(MaxLengths.Path);
        builder.Property(s => s.SignedBy).HasMaxLength(MaxLengths.Fingerprint);
        builder.Property(s => s.ProblemCode).HasMaxLength(MaxLengths.Code);
        builder.HasIndex(s => s.Url).IsUnique();
        builder.HasIndex(s => s.Name).IsUnique();
        builder.HasMany(s => s.Selections).WithOne().HasForeignKey(s => s.BootSourceId).OnDelete(DeleteBehavior.Cascade);
    }
}
