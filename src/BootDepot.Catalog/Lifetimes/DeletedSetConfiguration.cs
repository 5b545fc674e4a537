using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Lifetimes;

internal sealed class DeletedSetConfiguration : IEntityTypeConfiguration<DeletedSet>, IEntityTypeConfiguration<DeletedBlob>
{
    public void Configure(EntityTypeBuilder<DeletedSet> builder)
    {
        builder.Property(s => s.Name).HasMaxLength(MaxLengths.NamePair);
        builder.Property(s => s.Architecture).HasMaxLength(MaxLengths.NamePair);
        builder.Property(s => s.Version).HasMaxLength(MaxLengths.Name);
        builder.Property(s => s.DeletedBy).HasMaxLength(MaxLengths.Name);
        builder.Property(s => s.Reason).HasMaxLength(MaxLengths.Code);
        // "Whose grace period is over?" is asked by every collection.
        builder.HasIndex(s => s.DeletedAt);
        builder.HasMany(s => s.Blobs).WithOne().HasForeignKey(b => b.DeletedSetId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<DeletedBlob> builder)
    {
        builder.HasKey(b => new { b.DeletedSetId, b.Sha256 });
        builder.Property(b => b.Sha256).HasMaxLength(Digest.HexLength);
        builder.HasIndex(b => b.Sha256);
    }
}
